// The card beside the pointer: what a region shows, in a few lines.

import { make, swatch } from "./dom.js";

export class Tooltip {
  constructor(node, describe) {
    Object.assign(this, { node, describe });
    this.region = null;
  }

  show(region, point) {
    if (this.region !== region) {
      this.region = region;
      this.node.replaceChildren(...this.describe(region));
    }
    this.node.hidden = false;
    this.place(point);
  }

  /** Beside the point, on the side where there is room; on a narrow map at its other end. */
  place({ x, y }) {
    const { offsetWidth: width, offsetHeight: height, offsetParent: parent } = this.node;
    const left = x + 16 + width > parent.clientWidth ? x - 16 - width : x + 16;
    const lowest = parent.clientHeight - height - 6;
    const away = y > parent.clientHeight / 2 ? 6 : lowest;
    const top = parent.clientWidth < 600 ? away : Math.min(Math.max(y - height / 2, 6), lowest);
    this.node.style.left = `${Math.max(6, Math.min(left, parent.clientWidth - width - 6))}px`;
    this.node.style.top = `${Math.max(6, top)}px`;
  }

  hide() {
    this.node.hidden = true;
    this.region = null;
  }

  /** Say anew what is shown, after the year or the layer changed. */
  refresh() {
    if (this.region !== null) this.node.replaceChildren(...this.describe(this.region));
  }
}

/** The lines of the card. */
export function describeRegion(study, wording, state, region) {
  const layer = study.layerOf(state);
  const year = study.yearName(state.year);
  const head = make("p", { class: "card-head" }, make("b", {}, wording.pick(study.names)[region]));
  if (year) head.append(make("span", { class: "muted" }, year));
  if (study.isBare(region, state.year) && study.classOf(layer, region, state) < 0) {
    const key = study.excluded.includes(region) ? "left_out" : "no_data_here";
    return [head, make("p", { class: "card-main" }, swatch(null), wording.say(key))];
  }
  const lines = [head, ...mainLine(study, wording, state, layer, region)];
  const rows = make("dl", { class: "card-rows" });
  const row = (name, value) => rows.append(make("dt", {}, name), make("dd", {}, value));
  for (const note of factRows(study, wording, state, layer, region)) row(...note);
  if (rows.childNodes.length) lines.push(rows);
  return lines;
}

function mainLine(study, wording, state, layer, region) {
  const number = study.classOf(layer, region, state);
  const color = study.color(layer, region, state);
  const value = study.value(layer, region, state);
  const text = valueText(wording, layer, value);
  const parts = [swatch(color)];
  if (number >= 0 && layer.labels) parts.push(make("b", {}, wording.pick(layer.labels[number])));
  if (layer.kind !== "categories") parts.push(make("span", {}, text));
  const rank = rankText(study, wording, layer, region, state);
  if (rank) parts.push(make("span", { class: "muted end" }, rank));
  const lines = [make("p", { class: "card-main" }, ...parts)];
  if (layer.kind !== "grades") {
    const role = roleOf(study, wording, layer);
    lines.unshift(...[layerName(study, wording, state, layer), role].filter(Boolean).map((told) => make("p", { class: "card-layer muted" }, told)));
  }
  return lines;
}

function factRows(study, wording, state, layer, region) {
  const rows = [];
  const pair = study.pairs.get(layer.id);
  const index = study.layerById.get("grade");
  if (index && layer.id !== "grade" && !study.isBare(region, state.year)) {
    const grade = index.labels[study.classOf(index, region, state)];
    const composite = wording.number(study.at(study.main, region, state.year));
    rows.push([wording.say("composite"), `${composite} · ${wording.pick(grade)}`]);
  }
  if (study.certainty && layer.kind === "grades" && !study.isTried(layer)) {
    const share = wording.share(study.at(study.certainty.column, region, state.year));
    rows.push([wording.say("agreeing"), study.isDoubtful(layer, region, state) ? wording.say("less_than_half", { share }) : share]);
  }
  if (study.isNearly(layer, region, state)) rows.push([wording.say("nearly"), wording.say("no_finding")]);
  if (layer.doubt && Number.isFinite(study.at(layer.doubt, region, state.year))) {
    rows.push([wording.say(layer.by), wording.number(study.at(layer.doubt, region, state.year))]);
  }
  if (layer.cause) {
    const cause = study.indicators[study.at(layer.cause, region, state.year)];
    const level = layer.labels[study.at(layer.gravest, region, state.year)];
    if (cause) rows.push([wording.say("warned_by"), wording.say("warned_by_level", { indicator: wording.pick(cause.name), level: wording.pick(level) })]);
  }
  const change = pair ? [layerName(study, wording, state, pair.of), valueText(wording, pair.of, study.value(pair.of, region, state))] : changeText(study, wording, layer, region, state);
  if (change) rows.push(change);
  for (const dimension of study.dimensions) {
    const value = study.at(dimension.code, region, state.year);
    if (Number.isFinite(value)) rows.push([wording.pick(dimension.name), wording.number(value)]);
  }
  return rows;
}

export function valueText(wording, layer, value) {
  const signed = layer.kind === "change";
  if (layer.digits === "share") return wording.share(value);
  if (layer.digits === "any") return wording.measured(value, layer, signed);
  const text = wording.number(value, layer.digits, signed);
  return Number.isFinite(value) ? wording.withUnit(text, layer.unit) : text;
}

export function rankText(study, wording, layer, region, state) {
  if (layer.kind === "categories") return "";
  const rank = study.rank(layer, region, state);
  if (rank === null) return "";
  return wording.say("rank_of", { rank, count: study.ranked(layer, state).length });
}

/** Name of what a layer shows, with the base year of a change. */
export function layerName(study, wording, state, layer) {
  if (layer.kind !== "change") return choiceName(wording, layer);
  return wording.say("change_of", { name: wording.pick(layer.name), year: study.yearName(state.base) });
}

/** The whole name of a layer, as it is chosen: what it shows, and of what. */
export function choiceName(wording, layer) {
  const name = wording.pick(layer.name);
  const wrap = `name_in_${layer.group}`;
  if (layer.kind === "change") return wording.say("change_named", { name: wording.pick(layer.amid) || name });
  return wording.has(wrap) ? wording.say(wrap, { name }) : name;
}

/** What the indicator of a layer is measured in the place of; empty where its name says it. */
export function roleOf(study, wording, layer) {
  const indicator = study.indicators.find(({ code }) => code === layer.indicator);
  return indicator && indicator.role ? wording.pick(indicator.role) : "";
}

/** Name of what a layer shows, for use outside of the page: with the role that it fills. */
export function roledName(study, wording, state, layer) {
  const [name, role] = [layerName(study, wording, state, layer), roleOf(study, wording, layer)];
  return role ? wording.say("with_role", { name, role }) : name;
}

function changeText(study, wording, layer, region, state) {
  const column = layer.kind === "categories" ? study.main : layer.column;
  const first = study.years.findIndex((_, year) => Number.isFinite(study.at(column, region, year)));
  if (layer.kind === "change" || layer.kind === "certainty" || first < 0 || first >= state.year) return null;
  const change = study.at(column, region, state.year) - study.at(column, region, first);
  if (!Number.isFinite(change)) return null;
  const name = wording.say("since", { year: study.yearName(first) });
  return [name, valueText(wording, { ...layer, kind: "change" }, change)];
}
