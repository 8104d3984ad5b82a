// The chosen region: where it stands, how it came there, what it is made of.

import { shareBar, trendChart } from "./charts.js";
import { make, swatch } from "./dom.js";
import { layerName, rankText, valueText } from "./tooltip.js";

export function regionSections(study, wording, state) {
  const layer = study.layerById.get(state.layer);
  const sections = [headline(study, wording, state, layer)];
  if (study.isBare(state.region, state.year)) {
    const key = study.excluded.includes(state.region) ? "left_out" : "no_data_here";
    sections.push(make("p", { class: "muted" }, wording.say(key)));
  }
  if (study.dimensions.length) {
    sections.push(make("h3", {}, wording.say("dimensions"), meanKey(wording)));
    sections.push(dimensionRows(study, wording, state));
  }
  if (study.years.length > 1 && layer.kind !== "categories") sections.push(...trend(study, wording, state, layer));
  if (study.indicators.length) sections.push(indicatorRows(study, wording, state));
  return sections;
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
  return make("div", {}, line, under);
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

function trend(study, wording, state, layer) {
  const years = study.years.map((_, year) => year);
  const of = (region) => years.map((year) => study.at(layer.column, region, year));
  const mean = years.map((year) => study.mean(layer.column, year));
  const lines = [{ values: mean, kind: "mean" }];
  if (state.other !== null) lines.push({ values: of(state.other), kind: "second" });
  lines.push({ values: of(state.region), kind: "first" });
  const all = lines.flatMap(({ values }) => values).filter(Number.isFinite);
  if (!all.length) return [];
  const margin = 0.15 * (Math.max(...all) - Math.min(...all)) || 0.05 * Math.abs(all[0]) || 1;
  const [low, high] = [Math.min(...all) - margin, Math.max(...all) + margin];
  const names = wording.pick(study.names);
  const key = make("p", { class: "key muted" }, keyItem("first", names[state.region]));
  if (state.other !== null) key.append(keyItem("second", names[state.other]));
  key.append(keyItem("mean", wording.say("mean")));
  const label = years.map((year) => `${study.years[year]}: ${valueText(wording, plain(layer), lines[lines.length - 1].values[year])}`).join("; ");
  const bands = layer.kind === "change" || !layer.cuts ? [] : bandsOf(layer);
  const chart = trendChart({ lines, years: study.years, current: state.year, label, low, high, bands });
  const name = wording.pick(layer.kind === "change" ? study.layerById.get(layer.of).name : layer.name);
  const shown = layer.kind === "grades" ? wording.say("composite") : name;
  return [make("h3", {}, wording.say("over_years", { name: shown }), compareSelect(study, wording, state)), key, chart];
}

const plain = (layer) => ({ ...layer, kind: "classes" });

function keyItem(kind, name) {
  return make("span", { class: `key-item ${kind}` }, name);
}

function bandsOf({ cuts, colors }) {
  const edges = [-Infinity, ...cuts, Infinity];
  return colors.map((color, number) => ({ from: edges[number], to: edges[number + 1], color }));
}

/** Choose a second region to lay beside the first. */
function compareSelect(study, wording, state) {
  const names = wording.pick(study.names);
  const select = make("select", { class: "quiet", "aria-label": wording.say("compare") });
  select.append(make("option", { value: "" }, wording.say("compare")));
  for (const region of study.regions) {
    if (region === state.region) continue;
    select.append(make("option", { value: region, selected: region === state.other }, names[region]));
  }
  select.addEventListener("change", () => {
    state.set({ other: select.value === "" ? null : Number(select.value) });
  });
  return select;
}

function indicatorRows(study, wording, state) {
  const table = make("table", { class: "indicators" });
  for (const indicator of study.indicators) {
    const raw = study.at(`raw ${indicator.code}`, state.region, state.year);
    const scaled = study.at(`std ${indicator.code}`, state.region, state.year);
    const mean = study.mean(`std ${indicator.code}`, state.year);
    const text = Number.isFinite(raw) ? wording.withUnit(wording.figure(raw), indicator.unit) : wording.say("no_data");
    table.append(
      make(
        "tr",
        {},
        make("th", { scope: "row", title: indicator.code }, wording.pick(indicator.name)),
        make("td", { class: "value" }, text),
        make("td", { class: "bar" }, shareBar(scaled, mean, "var(--accent)")),
      ),
    );
  }
  return make("details", { class: "fold", open: true }, make("summary", {}, wording.say("indicators")), table);
}
