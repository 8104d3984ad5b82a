// How the chosen region came there: its value with what is uncertain about it, and its rank.

import { besides } from "./beside.js";
import { trendChart } from "./charts.js";
import { make } from "./dom.js";
import { layerName, valueText } from "./tooltip.js";

/** The value over the years, with the mean, the second region and the band of the draws. */
export function trend(study, wording, state, layer) {
  const years = study.years.map((_, year) => year);
  const of = (region) => years.map((year) => study.at(layer.column, region, year));
  const mean = years.map((year) => study.mean(layer.column, year));
  const own = of(state.region);
  const lines = [{ values: mean, kind: "mean" }];
  for (const { kind, members } of besides(study, wording, state)) lines.push({ values: years.map((year) => study.mean(layer.column, year, members)), kind });
  lines.push({ values: own, kind: "first" });
  const band = bandOf(study, layer, state.region, "composite");
  const held = band ? [...band.low, ...band.high] : [];
  const all = [...lines.flatMap(({ values }) => values), ...held].filter(Number.isFinite);
  if (!all.length) return [];
  const margin = 0.12 * (Math.max(...all) - Math.min(...all)) || 0.05 * Math.abs(all[0]) || 1;
  const [low, high] = [Math.min(...all) - margin, Math.max(...all) + margin];
  const told = (value) => valueText(wording, { ...layer, kind: "classes" }, value);
  const label = years
    .map((year) => {
      const span = band && wording.say("between", { low: told(band.low[year]), high: told(band.high[year]) });
      return `${study.years[year]}: ${wording.clauses([told(own[year]), span])}`;
    })
    .join("; ");
  const ticked = layer.measure === "share" ? (tick) => wording.say("share_text", { value: wording.cut(100 * tick) }) : String;
  const bands = layer.kind === "change" || !layer.cuts ? [] : classBands(layer);
  const chart = trendChart({ lines, years: study.years, current: state.year, label, low, high, bands, band, told: ticked });
  return [keyOf(study, wording, state, band), chart];
}

/** The rank over the years, the first on top, with the band of the draws. */
export function rankHistory(study, wording, state, layer) {
  const years = study.years.map((_, year) => year);
  const ranksOf = (region) => years.map((year) => study.rank(layer, region, { ...snapshot(state), year }));
  const own = ranksOf(state.region);
  if (own.filter(Number.isFinite).length < 2) return [];
  const lines = [{ values: own, kind: "first" }];
  for (const { kind, members } of besides(study, wording, state)) if (members.length === 1) lines.unshift({ values: ranksOf(members[0]), kind });
  const band = bandOf(study, layer, state.region, "rank");
  const high = study.ranked(layer, state).length;
  const label = years.map((year) => `${study.years[year]}: ${own[year] === null ? wording.say("no_data") : own[year]}`).join("; ");
  return [trendChart({ lines, years: study.years, current: state.year, label, low: 1, high, band, ranks: true })];
}

/** The fields that ranks depend on. */
function snapshot({ year, base, scenario }) {
  return { year, base, scenario };
}

/** Low and high of the draws for the composite; null for anything else or in a scenario. */
function bandOf(study, layer, region, what) {
  const own = layer.column === study.main && layer.kind !== "change" && !study.isTried(layer);
  const band = study.certainty && study.certainty.bands[what];
  if (!own || !band) return null;
  const values = (column) =>
    study.years.map((_, year) => {
      const value = study.at(column, region, year);
      return what === "rank" && value < 0 ? NaN : value;
    });
  return { low: values(band.low), high: values(band.high) };
}

export function trendName(study, wording, state, layer) {
  if (layer.kind === "grades") return wording.say("composite");
  if (layer.kind === "change") return wording.pick(study.layerById.get(layer.of).name);
  return layerName(study, wording, state, layer);
}

export function keyOf(study, wording, state, band) {
  const names = wording.pick(study.names);
  const key = make("p", { class: "key muted" }, keyItem("first", names[state.region]));
  for (const { kind, name } of besides(study, wording, state)) key.append(keyItem(kind, name));
  key.append(keyItem("mean", wording.say("mean")));
  if (band) key.append(keyItem("band", wording.say("draws_band")));
  return key;
}

export function keyItem(kind, name) {
  return make("span", { class: `key-item ${kind}` }, name);
}

function classBands({ cuts, colors }) {
  const edges = [-Infinity, ...cuts, Infinity];
  return colors.map((color, number) => ({ from: edges[number], to: edges[number + 1], color }));
}
