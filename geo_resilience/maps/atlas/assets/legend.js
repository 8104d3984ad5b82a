// The legend: what the classes are, how many regions are in each, what no data means.

import { keyValues, largestRadius } from "./circles.js";
import { isClassable, ownWay, WAYS } from "./classes.js";
import { byId, make, swatch } from "./dom.js";
import { marked } from "./marks.js";
import { layerName, roleOf } from "./tooltip.js";

export class Legend {
  constructor(node, map, study, wording, state, single) {
    Object.assign(this, { node, map, study, wording, state, single });
    node.open = window.innerWidth >= 720 && window.innerHeight >= 560;
  }

  /** Fold where another map needs the room; open again as it was. */
  crowd(isCrowded) {
    const { node } = this;
    if (isCrowded === Boolean(this.isCrowded)) return;
    this.wasOpen = isCrowded ? node.open : this.wasOpen;
    node.open = !isCrowded && this.wasOpen;
    this.isCrowded = isCrowded;
  }

  refresh() {
    const { study, wording, state } = this;
    const layer = study.layerOf(state);
    const counts = study.counts(layer, state);
    const pair = study.pairs.get(layer.id);
    const own = wording.named(layerName(study, wording, state, layer), layer);
    const name = state.vs && study.years.length ? wording.say("of_year", { name: own, year: study.yearName(state.year) }) : own;
    const strip = make("span", { class: "strip", "aria-hidden": "true" }, ...layer.colors.map(swatch));
    const rows = classLabels(wording, layer).map((label, number) =>
      this.row(layer, number, layer.colors[number], label, counts[number]),
    );
    if (layer.kind === "grades" || layer.ordered) rows.reverse();
    const dots = marked(study, layer, state).length;
    if (dots) rows.push(this.dotted(layer, dots));
    for (const { kind, label, count } of doubts(study, wording, layer, state)) rows.push(this.line(make("span", { class: `swatch ${kind}-swatch`, "aria-hidden": "true" }), label, count));
    const bare = counts[layer.colors.length];
    if (bare || study.areas.length) rows.push(this.row(layer, -1, null, wording.say("no_data"), bare || ""));
    const body = pair ? this.matrix(layer, counts, bare, pair.rows, pair.columns) : layer.kind === "certainty" ? this.matrix(layer, counts, bare, study.layerById.get("grade").labels, layer.steps) : make("ul", {}, ...rows);
    this.node.replaceChildren(
      make("summary", {}, make("b", {}, name), strip),
      ...[roleOf(study, wording, layer)].filter(Boolean).map((role) => make("p", { class: "muted read role" }, role)),
      body,
      make("p", { class: "muted read" }, wording.reading(layer)),
      ...this.choices(layer),
      ...(study.ellipses.some(({ id }) => state.outlines.has(id)) ? [make("p", { class: "muted read" }, wording.say("ellipse_read"))] : []),
    );
  }

  /** Grades by how certain they are, or thirds of the level by another thing: the weakest below. */
  matrix(layer, counts, bare, labels, steps) {
    const { wording } = this;
    const width = steps.length;
    const head = make("tr", {}, make("td", {}), ...steps.map((step) => make("th", { scope: "col" }, wording.pick(step))));
    const rows = labels.map((label, grade) => {
      const cells = steps.map((_, step) => {
        const number = grade * width + step;
        const cell = make("td", { onmouseenter: () => this.single(layer, number), onmouseleave: () => this.single(layer, null) });
        cell.append(swatch(layer.colors[number]), make("span", { class: "count" }, String(counts[number])));
        return cell;
      });
      return make("tr", {}, make("th", { scope: "row" }, wording.pick(label)), ...cells);
    });
    const none = make("tr", {}, make("th", { scope: "row" }, wording.say("no_data")), make("td", { colspan: width }, swatch(null), make("span", { class: "count" }, String(bare))));
    return make("table", { class: steps.length === labels.length ? "matrix square" : "matrix" }, make("thead", {}, head), make("tbody", {}, ...rows.reverse(), ...(bare ? [none] : [])));
  }

  /** What the dots on the map say, and how many there are. */
  dotted(layer, count) {
    const node = make("span", { class: "swatch dot", "aria-hidden": "true" });
    node.style.backgroundColor = layer.colors.at(-1);
    return this.line(node, this.wording.say("hidden_red"), count);
  }

  line(mark, label, count, more = {}) {
    const spoken = this.wording.say("in_class", { label, count });
    return make("li", { "aria-label": spoken, ...more }, mark, make("span", { class: "label" }, label), make("span", { class: "count" }, String(count)));
  }

  row(layer, number, color, label, count) {
    const point = (to) => () => this.single(layer, to);
    const mark = swatch(color);
    if (color && this.study.isCircled(layer, this.state)) mark.classList.add("round");
    return this.line(mark, label, count, { onmouseenter: point(number), onmouseleave: point(null) });
  }

  /** How large circles are, and which classes and which form are chosen. */
  choices(layer) {
    const { study, wording, state } = this;
    const parts = [];
    if (study.isCircled(layer, state)) parts.push(this.sizes(layer));
    if (isClassable(study.layerById.get(layer.id))) {
      const own = ownWay(study.layerById.get(layer.id));
      const name = (way) => wording.say(`way_${way}`);
      parts.push(this.choice("classes", WAYS.map((way) => [way === own ? "" : way, name(way)]), state.classes === own ? "" : state.classes || ""));
    }
    const { forms } = study.ground;
    if (state.form) parts.push(make("p", { class: "muted read", id: "form_said" }, wording.pick(forms[state.form].said)));
    const ways = Object.keys(forms);
    if (ways.length) parts.push(this.choice("form", ["", ...ways].map((form) => [form, wording.say(`form_${form || "map"}`)]), state.form || ""));
    if (study.canCircle(layer) && !state.form) parts.push(this.choice("as", ["", "areas"].map((form) => [form, wording.say(form || "circles")]), state.as || ""));
    return parts;
  }

  choice(field, options, chosen) {
    const select = make("select", { class: "quiet", id: `choose_${field}`, "aria-label": this.wording.say(`choose_${field}`) });
    for (const [value, name] of options) select.append(make("option", { value, selected: value === chosen }, name));
    select.addEventListener("change", () => {
      this.state.set({ [field]: select.value || null, ...(field === "form" ? { place: null } : {}) });
      byId(select.id).focus();
    });
    return make("label", { class: "choice muted" }, this.wording.say(`choose_${field}`), select);
  }

  sizes(layer) {
    const most = largestRadius(this.study, this.map.getSize());
    const keys = keyValues(this.study, layer).map(({ value, share }) => {
      const circle = make("i", { class: "key-circle", "aria-hidden": "true" });
      circle.style.width = circle.style.height = `${(2 * most * share).toFixed(1)}px`;
      return make("span", {}, circle, this.wording.cut(value));
    });
    return make("p", { class: "sizes muted" }, ...keys);
  }
}

/** What makes classes doubtful: grades that fewer than half of the draws agree with, clusters found only before correction. */
export function doubts(study, wording, layer, state) {
  const count = (test) => study.regions.filter(test).length;
  const found = [
    { kind: "doubt", label: wording.say("in_doubt"), count: count((region) => study.isDoubtful(layer, region, state)) },
    { kind: "nearly", label: wording.say("nearly"), count: count((region) => study.isNearly(layer, region, state)) },
  ];
  return found.filter((each) => each.count);
}

/** What each class is called: its own name, with its bounds where it has some. */
export function classLabels(wording, layer) {
  const bounds = layer.cuts ? boundLabels(wording, layer) : [];
  return layer.colors.map((_, number) => {
    const name = layer.labels ? wording.pick(layer.labels[number]) : "";
    if (!name) return bounds[number];
    return bounds[number] ? wording.say("class_bounds", { name, bounds: bounds[number] }) : name;
  });
}

const cutText = (wording, { kind, measure }, cut) => (measure === "share" ? wording.say("share_text", { value: wording.cut(100 * cut, kind === "change") }) : wording.cut(cut, kind === "change"));

function boundLabels(wording, layer) {
  const { cuts } = layer;
  if (!cuts.length) return [wording.say("all_values")];
  const texts = cuts.map((cut) => cutText(wording, layer, cut));
  const inner = texts.slice(1).map((high, at) => wording.say("class_between", { low: texts[at], high }));
  return [
    wording.say("class_below", { high: texts[0] }),
    ...inner,
    wording.say("class_above", { low: texts[texts.length - 1] }),
  ];
}
