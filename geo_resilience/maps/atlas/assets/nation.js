// All regions together: how they are spread, ranked and bound to their neighbors.

import { pick, pickable } from "./brush.js";
import { stackedYears, trendChart } from "./charts.js";
import { draw, make, swatch } from "./dom.js";
import { fold } from "./fold.js";
import { growthPart } from "./growth.js";
import { classLabels } from "./legend.js";
import { quadrantButtons, scatter, slopeOf, standardized } from "./moran.js";
import { inStudy, ofStudy } from "./sentence.js";
import { againstPart, distribution, numbered } from "./plots.js";
import { layerName, valueText } from "./tooltip.js";

/** So many rows are listed before the rest is asked for. */
export const FIRST_ROWS = 200;

export function nationSections(study, wording, state) {
  const layer = study.layerOf(state);
  const sections = [];
  const part = (name, title, aside, build) => sections.push(fold(state, name, title, aside, build));
  if (study.years.length > 1) {
    part("classes", wording.say("classes_by_year"), wording.say("regions_unit"), () => [yearBars(study, wording, state, layer)]);
  }
  const shown = numbered(study, layer);
  if (shown && study.size > 3) {
    const name = layerName(study, wording, state, shown);
    part("spread", wording.say("spread"), name, () => distribution(study, wording, state, shown));
    if (study.years.length > 1) part("growth", wording.say("growth"), wording.say("growth_since", { year: study.yearName(state.base) }), () => growthPart(study, wording, state, shown, (region) => pick(state, [region], true)));
    if (study.layers.some(({ kind, id }) => kind === "classes" && id !== shown.id)) part("against", wording.say("against"), "", () => againstPart(study, wording, state, shown));
  }
  if (study.neighbors) part("scatter", wording.say("scatter"), moranText(study, wording, state, layer), () => moranPart(study, wording, state, layer));
  if (state.measure) part("gaps", wording.say("gaps"), inStudy(study, wording, gapValue(study, wording, state)), () => [...ofStudy(study, wording), ...gapsPart(study, wording, state)]);
  const groups = patternRows(study, wording, state);
  if (groups.length) part("pattern", wording.say("pattern"), inStudy(study, wording, patternText(study, wording, state)), () => [make("div", { class: "facts" }, ...ofStudy(study, wording), ...groups)]);
  const ranked = study.ranked(layer, state);
  const mean = ranked.reduce((sum, { value }) => sum + value / ranked.length, 0);
  const name = layer.kind === "grades" ? wording.say("composite") : layerName(study, wording, state, layer);
  const aside = layer.kind === "categories" || !ranked.length ? "" : wording.say("mean_of", { value: valueText(wording, layer, mean) });
  const list = layer.kind === "categories" ? members : ranking;
  part("ranking", name, aside, () => [list(study, wording, state, layer)]);
  return sections;
}

function yearBars(study, wording, state, layer) {
  const { base } = state;
  const shares = study.years.map((_, year) => study.counts(layer, { base, year }));
  const labels = [...classLabels(wording, layer), wording.say("no_data")];
  const spoken = study.years.map((name, year) => {
    const words = labels.map((label, number) =>
      shares[year][number] ? wording.say("count_of", { count: shares[year][number], label }) : "",
    );
    return `${name}: ${wording.list(words.filter(Boolean))}`;
  });
  const go = (year) => state.set({ year });
  const label = spoken.join("; ");
  const dress = (piece, number, box) => {
    const members = study.regions.filter((region) => study.classOf(layer, region, state) === (number < layer.colors.length ? number : -1));
    piece.dataset.pick = `class-${number}`;
    pickable(piece, state, wording.say("in_class", { label: labels[number], count: members.length }), members);
    const held = state.brushed ? members.filter((region) => state.brushed.has(region)).length / members.length : 0;
    return held ? [draw("rect", { x: box.x - 4, y: box.y + (1 - held) * box.height, width: 3, height: held * box.height, class: "now" })] : [];
  };
  return stackedYears({ shares, colors: layer.colors, years: study.years, current: state.year, label, go, dress });
}

/** The column of the scatter: what is shown, or the composite where that is a category. */
const scattered = (study, layer) => (layer.kind === "categories" ? study.main : layer.column);

/** Moran's I, its p and how certain as the study has them; none for what it did not test. */
function tested(study, state, layer) {
  const column = scattered(study, layer);
  const rows = study.scenario.has(column) || layer.kind === "change" ? null : study.moran[study.codeOf.get(column) || column];
  return rows ? rows[state.year] : null;
}

function moranText(study, wording, state, layer) {
  const found = tested(study, state, layer);
  return found ? wording.sure(wording.say("moran_value", { value: wording.number(found[0], 2), p: wording.doubt(found[1]) }), found[2]) : "";
}

function moranPart(study, wording, state, layer) {
  const column = scattered(study, layer);
  const points = standardized(study, column, state.year);
  if (points.length < 3) return [make("p", { class: "muted" }, wording.say("no_scatter"))];
  const found = tested(study, state, layer);
  const value = wording.number(found ? found[0] : slopeOf(points), 3);
  const count = points.length;
  const told = found
    ? wording.clauses([chanceText(wording, found[1], "p", found[2]), wording.yearAlone(study, state)])
    : wording.say("not_tested");
  const shown = layer.kind === "categories" ? study.layerById.get(study.main) : layer;
  const parts = [
    make("p", { class: "muted" }, wording.say("moran_told", { value, told, count })),
    scatter(study, wording, state, shown, points),
    quadrantButtons(wording, state, points),
  ];
  return parts;
}

/** Whether something is more than chance explains, by its p, and how certain that is. */
function chanceText(wording, p, kind, certainty) {
  return wording.sure(wording.say(p <= 0.05 ? "more_than_chance" : "within_chance", { p: wording.doubt(p, kind) }), certainty);
}

function gapValue(study, wording, state) {
  const { values, name } = study.gaps[state.measure];
  const value = values[state.year];
  if (!Number.isFinite(value)) return "";
  return wording.say("sentence_named", { name: wording.pick(name), text: wording.number(value) });
}

function gapsPart(study, wording, state) {
  const { values, low, high, p, corrected, certainty, change } = study.gaps[state.measure];
  const select = make("select", { class: "quiet whole", "aria-label": wording.say("gaps") });
  for (const [id, { name }] of Object.entries(study.gaps)) {
    select.append(make("option", { value: id, selected: id === state.measure }, wording.pick(name)));
  }
  select.addEventListener("change", () => state.set({ measure: select.value }));
  const all = [...values, ...(low || []), ...(high || [])].filter(Number.isFinite);
  const margin = 0.12 * (Math.max(...all) - Math.min(...all)) || 0.05;
  const [least, most] = [Math.min(...all) - margin, Math.max(...all) + margin];
  const numbers = (list) => list.map((value) => (value === null ? NaN : value));
  const label = study.years.map((year, place) => `${year}: ${wording.number(numbers(values)[place])}`).join("; ");
  const band = low && high ? { low: numbers(low), high: numbers(high) } : null;
  const lines = [{ values: numbers(values), kind: "first" }];
  const parts = [select];
  if (study.years.length > 1) parts.push(trendChart({ lines, years: study.years, current: state.year, label, low: least, high: most, band }));
  const at = p && p[state.year];
  const facts = [`${study.yearName(state.year)}: ${wording.number(numbers(values)[state.year])}`];
  if (band && Number.isFinite(band.low[state.year])) facts.push(wording.say(corrected ? "gap_interval_alone" : "gap_interval", { low: wording.number(band.low[state.year]), high: wording.number(band.high[state.year]) }));
  if (Number.isFinite(at)) facts.push(chanceText(wording, at, corrected ? "corrected" : "p", certainty[state.year]), wording.yearAlone(study, state));
  parts.push(make("p", { class: "muted" }, wording.clauses(facts)));
  if (change) parts.push(make("p", { class: "muted" }, wording.pick(change)));
  return parts;
}

/** What was found of a group in the year: the difference, and the verdict in words. */
export function verdictText(study, wording, state, id) {
  const found = study.pattern[id];
  const difference = found && found.difference[state.year];
  if (!Number.isFinite(difference)) return "";
  const verdict = found.verdict ? found.verdict[state.year] : null;
  const p = found.p ? found.p[state.year] : null;
  const words = verdict ? wording.say(`verdict_${verdict}`) : "";
  const parts = [wording.number(difference, 2, true), words];
  if (Number.isFinite(p)) parts.push(wording.doubt(p, verdict ? "corrected" : "p"));
  return wording.sure(wording.clauses(parts), found.certainty ? found.certainty[state.year] : null);
}

function patternRows(study, wording, state) {
  const names = new Map(study.outlines.flatMap(({ groups }) => groups.map(({ id, name }) => [id, name])));
  const rows = Object.keys(study.pattern).flatMap((id) => {
    const told = verdictText(study, wording, state, id);
    const name = wording.pick(study.pattern[id].name || names.get(id)) || id;
    return told ? [make("p", {}, make("b", {}, name), make("span", { class: "muted block" }, told))] : [];
  });
  const alone = rows.length && wording.yearAlone(study, state);
  return alone ? [make("p", { class: "muted" }, alone), ...rows] : rows;
}

function patternText(study, wording, state) {
  const beyond = Object.values(study.pattern).filter(({ verdict }) => verdict && ["higher", "lower"].includes(verdict[state.year]));
  const known = Object.values(study.pattern).some(({ verdict }) => verdict);
  return known ? wording.say("beyond_space", { count: beyond.length }) : "";
}

function ranking(study, wording, state, layer) {
  const names = wording.pick(study.names);
  const ranked = study.ranked(layer, state);
  const [low, high] = ranked.reduce(([a, b], { value }) => [Math.min(a, value), Math.max(b, value)], [0, 0]);
  const tried = study.isTried(layer) && layer.column === study.main;
  const shown = state.whole ? ranked : ranked.slice(0, FIRST_ROWS);
  const rows = shown.map(({ region, value, rank }) => {
    const place = make("span", { class: "rank" }, String(rank));
    if (tried) place.append(arrow(wording, study.rankBefore(region, state.year), rank));
    return rankRow(state, region, [
      place,
      make("span", { class: "label" }, names[region]),
      make("span", { class: "bar-rail" }, barOf(value, low, high, study.color(layer, region, state))),
      make("span", { class: "value" }, valueText(wording, { ...layer, unit: null }, value)),
    ]);
  });
  const valued = new Set(ranked.map(({ region }) => region));
  const bare = study.regions.filter((region) => !valued.has(region)).slice(0, FIRST_ROWS);
  for (const region of bare) {
    const none = make("span", { class: "muted wide" }, wording.say("no_data"));
    rows.push(rankRow(state, region, [make("span", { class: "rank" }, "–"), make("span", { class: "label" }, names[region]), none]));
  }
  const list = make("ol", { class: tried ? "ranking tried" : "ranking" }, ...rows);
  return shown.length < ranked.length ? make("div", {}, list, moreButton(wording, state, ranked.length)) : list;
}

/** Regions by category, in the order of the legend. */
function members(study, wording, state, layer) {
  const names = wording.pick(study.names);
  const labels = classLabels(wording, layer);
  const last = layer.colors.length;
  const placed = study.regions.map((region) => [region, study.classOf(layer, region, state)]);
  placed.sort(([, a], [, b]) => (a < 0 ? last : a) - (b < 0 ? last : b));
  const shown = state.whole ? placed : placed.slice(0, FIRST_ROWS);
  const rows = shown.map(([region, number]) =>
    rankRow(state, region, [
      swatch(layer.colors[number] || null),
      make("span", { class: "label" }, names[region]),
      make("span", { class: "muted wide" }, labels[number] || wording.say("no_data")),
    ]),
  );
  const list = make("ol", { class: "ranking" }, ...rows);
  return shown.length < placed.length ? make("div", {}, list, moreButton(wording, state, placed.length)) : list;
}

/** A button that lists all regions of a long list. */
export function moreButton(wording, state, count) {
  const button = make("button", { type: "button", class: "text" }, wording.say("list_all", { count }));
  button.addEventListener("click", () => state.set({ whole: true }));
  return button;
}

function barOf(value, low, high, color) {
  const bar = make("span", { class: "bar-fill" });
  const width = high > low ? Math.abs(value) / (high - low) : 0;
  bar.style.width = `${100 * width}%`;
  bar.style.marginLeft = `${high > low ? (100 * (Math.min(value, 0) - low)) / (high - low) : 0}%`;
  bar.style.backgroundColor = color;
  return bar;
}

/** How a rank moved against the study's. */
function arrow(wording, before, now) {
  if (before === null || before === now) return make("i", { class: "moved" });
  const risen = now < before;
  const spoken = wording.say("rank_moved", { before, now });
  return make("i", { class: `moved ${risen ? "up" : "down"}`, role: "img", "aria-label": spoken, title: spoken }, `${risen ? "▲" : "▼"}${Math.abs(before - now)}`);
}

function rankRow(state, region, cells) {
  const button = make("button", { type: "button", "data-region": region }, ...cells);
  button.addEventListener("click", () => state.set({ region }));
  button.addEventListener("mouseenter", () => state.set({ hovered: region }));
  button.addEventListener("mouseleave", () => state.set({ hovered: null }));
  return make("li", {}, button);
}
