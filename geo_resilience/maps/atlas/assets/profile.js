// The chosen region: where it stands, how it came there, what it is made of.

import { besidePart, besides } from "./beside.js";
import { shareBar } from "./charts.js";
import { make, swatch } from "./dom.js";
import { dotPlot } from "./dots.js";
import { fold } from "./fold.js";
import { keyItem, rankHistory, trend, trendName } from "./history.js";
import { remarkPart } from "./remarks.js";
import { ofStudy } from "./sentence.js";
import { layerName, rankText, valueText } from "./tooltip.js";

export function regionSections(study, wording, state) {
  const layer = study.layerOf(state);
  const valued = layer.kind === "categories" ? study.layerById.get(study.main) : layer;
  const sections = [headline(study, wording, state, layer)];
  if (study.isBare(state.region, state.year)) {
    const key = study.excluded.includes(state.region) ? "left_out" : "no_data_here";
    sections.push(make("p", { class: "muted" }, wording.say(key)));
  }
  sections.push(...gradeShares(study, wording, state));
  const part = (name, title, aside, build) => sections.push(fold(state, name, title, aside, build));
  if (study.dimensions.length) {
    sections.push(make("h3", {}, wording.say("dimensions"), meanKey(wording)));
    sections.push(dimensionRows(study, wording, state));
  }
  part("beside", wording.say("beside"), study.yearName(state.year), () => besidePart(study, wording, state));
  if (axesOf(study).length) part("profile", wording.say("profile"), wording.say("zero_to_one"), () => profile(study, wording, state));
  if (study.years.length > 1 && valued) {
    const name = trendName(study, wording, state, valued);
    const shown = valued.kind === "change" ? { ...valued, kind: "classes" } : valued;
    part("trend", wording.say("over_years", { name }), valueText(wording, shown, study.at(valued.column, state.region, state.year)), () => trend(study, wording, state, valued));
    part("ranks", wording.say("rank_years", { name }), rankText(study, wording, valued, state.region, state), () => rankHistory(study, wording, state, valued));
  }
  if (study.obstacles.length) part("obstacles", wording.say("obstacles"), wording.say("obstacles_unit"), () => [...ofStudy(study, wording), obstacleRows(study, wording, state)]);
  if (study.neighbors) part("neighbors", wording.say("neighbors"), wording.named(layerName(study, wording, state, layer), layer), () => neighborRows(study, wording, state, layer));
  if (study.indicators.length) part("indicators", wording.say("indicators"), wording.say("indicators_unit"), () => [indicatorRows(study, wording, state)]);
  sections.push(remarkPart(wording, state));
  return sections;
}

/** What the rows of the profile are: the indicators where the study has them scaled, else the dimensions. */
function axesOf(study) {
  const axes = study.indicators.filter(({ scaled }) => scaled).map((indicator) => ({ ...indicator, column: indicator.scaled }));
  return axes.length ? axes : study.dimensions.map(({ code, name }) => ({ column: code, name }));
}

function profile(study, wording, state) {
  const axes = axesOf(study).map((axis) => ({ ...axis, name: wording.pick(axis.name), marks: badge(wording, axis) }));
  const names = wording.pick(study.names);
  const means = (members) => axes.map(({ column }) => study.mean(column, state.year, members));
  const shapes = [{ values: means(), kind: "mean", name: wording.say("mean") }];
  for (const { kind, name, members } of besides(study, wording, state)) shapes.push({ values: means(members), kind, name });
  shapes.push({ values: means([state.region]), kind: "first", name: names[state.region] });
  const key = make("p", { class: "key marks muted" }, ...shapes.map(({ kind, name }) => keyItem(kind, name)).reverse());
  return [key, ...dotPlot(wording, { axes, shapes })];
}

/** How likely each grade is for the region in the year. */
function gradeShares(study, wording, state) {
  const layer = study.layerById.get("grade");
  const columns = study.certainty ? study.certainty.shares : [];
  const shares = columns.map((column) => study.at(column, state.region, state.year));
  if (!shares.length || !shares.every(Number.isFinite)) return [];
  const bar = make("span", { class: "shares", "aria-hidden": "true" });
  const told = [];
  shares.forEach((share, number) => {
    if (share < 0.005) return;
    const part = make("i", {});
    part.style.width = `${100 * share}%`;
    part.style.backgroundColor = layer.colors[number];
    bar.append(part);
    told.push(wording.say("label_share", { label: wording.pick(layer.labels[number]), share: wording.share(share) }));
  });
  return [...ofStudy(study, wording), bar, make("p", { class: "muted" }, wording.say("grade_shares", { shares: wording.list(told) }))];
}

/** A mark of what stands in for another figure, which the pointer explains. */
function badge(wording, indicator) {
  if (!indicator.role) return [];
  return [make("span", { class: "badge", title: wording.pick(indicator.role) }, wording.pick(indicator.fidelity))];
}

function obstacleRows(study, wording, state) {
  const rows = make("div", { class: "bars" });
  for (const obstacle of study.obstacles) {
    const indicator = study.indicators[study.at(obstacle.indicator, state.region, state.year)];
    const degree = study.at(obstacle.degree, state.region, state.year);
    if (!indicator || !Number.isFinite(degree)) continue;
    rows.append(
      make("span", { class: "label" }, wording.pick(indicator.name), ...badge(wording, indicator)),
      make("span", { class: "value" }, wording.share(degree)),
      make("span", { class: "bar" }, shareBar(degree, NaN, "var(--accent)")),
    );
  }
  return rows.childNodes.length ? rows : make("p", { class: "muted" }, wording.say("no_data_here"));
}

function neighborRows(study, wording, state, layer) {
  const names = wording.pick(study.names);
  const links = study.neighbors[state.region];
  if (!links.length) return [make("p", { class: "muted" }, wording.say("no_neighbors"))];
  const pills = links.map(({ region }) => {
    const text = make("span", {}, names[region]);
    const pill = make("button", { type: "button", class: "pill" }, swatch(study.color(layer, region, state)), text);
    if (layer.kind !== "categories") {
      pill.append(make("span", { class: "muted" }, valueText(wording, layer, study.value(layer, region, state))));
    }
    pill.addEventListener("click", () => state.set({ region }));
    pill.addEventListener("mouseenter", () => state.set({ hovered: region }));
    pill.addEventListener("mouseleave", () => state.set({ hovered: null }));
    return pill;
  });
  return [make("div", { class: "pills" }, ...pills)];
}

function meanKey(wording) {
  return make("span", { class: "muted" }, make("i", { class: "mean-key", "aria-hidden": "true" }), wording.say("mean"));
}

function headline(study, wording, state, layer) {
  const { region } = state;
  const number = study.classOf(layer, region, state);
  const value = study.value(layer, region, state);
  const line = make("p", { class: "headline" });
  if (layer.kind !== "categories") line.append(make("b", { class: "big" }, valueText(wording, layer, value)));
  if (number >= 0) {
    const label = layer.labels ? wording.pick(layer.labels[number]) : layerName(study, wording, state, layer);
    line.append(make("span", { class: "chip" }, swatch(layer.colors[number]), label));
  }
  const rank = rankText(study, wording, layer, region, state);
  const facts = [rank && wording.say("rank_sentence", { rank }), changeSince(study, wording, state, layer)];
  const under = make("p", { class: "muted" }, wording.clauses(facts));
  const page = study.profiles[region];
  const link = page ? [make("p", {}, make("a", { href: page, class: "profile-link" }, wording.say("profile_page")))] : [];
  return make("div", {}, line, under, ...link);
}

function changeSince(study, wording, state, layer) {
  if (layer.kind === "change" || layer.kind === "categories" || state.year === 0) return "";
  const change = study.at(layer.column, state.region, state.year) - study.at(layer.column, state.region, 0);
  if (!Number.isFinite(change)) return "";
  const text = valueText(wording, { ...layer, kind: "change" }, change);
  return wording.say("change_since", { change: text, year: study.yearName(0) });
}

function dimensionRows(study, wording, state) {
  const table = make("div", { class: "bars" });
  const entries = study.dimensions.map(({ code, name }) => ({ column: code, name: wording.pick(name) }));
  for (const { column, name } of entries) {
    const value = study.at(column, state.region, state.year);
    const layer = study.layerById.get(column);
    const color = layer ? study.color(layer, state.region, state) : null;
    const mean = study.mean(column, state.year);
    table.append(
      make("span", { class: "label" }, name),
      make("span", { class: "value" }, wording.number(value)),
      make("span", { class: "bar" }, shareBar(value, mean, color || "none")),
    );
  }
  return table;
}

function indicatorRows(study, wording, state) {
  const table = make("table", { class: "indicators" });
  for (const indicator of study.indicators) {
    const raw = study.at(indicator.raw, state.region, state.year);
    const scaled = study.at(indicator.scaled, state.region, state.year);
    const mean = study.mean(indicator.scaled, state.year);
    const text = wording.measured(raw, indicator);
    table.append(
      make(
        "tr",
        {},
        make("th", { scope: "row" }, make("span", { class: "muted" }, `${indicator.code} `), wording.pick(indicator.name), ...badge(wording, indicator)),
        make("td", { class: "value" }, text),
        make("td", { class: "bar" }, shareBar(scaled, mean, "var(--accent)")),
      ),
    );
  }
  return table;
}
