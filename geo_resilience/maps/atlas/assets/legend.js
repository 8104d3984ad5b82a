// The legend: what the classes are, how many regions are in each, what no data means.

import { make, swatch } from "./dom.js";
import { marked } from "./marks.js";
import { layerName, roleOf } from "./tooltip.js";

export class Legend {
  constructor(node, study, wording, state, single) {
    Object.assign(this, { node, study, wording, state, single });
    node.open = window.innerWidth >= 720;
  }

  refresh() {
    const { study, wording, state } = this;
    const layer = study.layerById.get(state.layer);
    const counts = study.counts(layer, state);
    const name = wording.withUnit(layerName(study, wording, state, layer), layer.unit);
    const strip = make("span", { class: "strip", "aria-hidden": "true" }, ...layer.colors.map(swatch));
    const rows = classLabels(wording, layer).map((label, number) =>
      this.row(layer, number, layer.colors[number], label, counts[number]),
    );
    if (layer.kind === "grades" || layer.ordered) rows.reverse();
    const dots = marked(study, layer, state).length;
    if (dots) rows.push(this.dotted(layer, dots));
    const bare = counts[layer.colors.length];
    if (bare || study.areas.length) rows.push(this.row(layer, -1, null, wording.say("no_data"), bare || ""));
    const body = layer.kind === "certainty" ? this.matrix(layer, counts, bare) : make("ul", {}, ...rows);
    this.node.replaceChildren(
      make("summary", {}, make("b", {}, name), strip),
      ...[roleOf(study, wording, layer)].filter(Boolean).map((role) => make("p", { class: "muted read role" }, role)),
      body,
      make("p", { class: "muted read" }, wording.reading(layer)),
      ...(study.ellipses.some(({ id }) => state.outlines.has(id)) ? [make("p", { class: "muted read" }, wording.say("ellipse_read"))] : []),
    );
  }

  /** Grades by how certain they are: a row a grade, a column a step of certainty. */
  matrix(layer, counts, bare) {
    const { study, wording } = this;
    const { labels } = study.layerById.get("grade");
    const width = layer.steps.length;
    const head = make("tr", {}, make("td", {}), ...layer.steps.map((step) => make("th", { scope: "col" }, wording.pick(step))));
    const rows = labels.map((label, grade) => {
      const cells = layer.steps.map((_, step) => {
        const number = grade * width + step;
        const cell = make("td", { onmouseenter: () => this.single(layer, number), onmouseleave: () => this.single(layer, null) });
        cell.append(swatch(layer.colors[number]), make("span", { class: "count" }, String(counts[number])));
        return cell;
      });
      return make("tr", {}, make("th", { scope: "row" }, wording.pick(label)), ...cells);
    });
    const none = make("tr", {}, make("th", { scope: "row" }, wording.say("no_data")), make("td", { colspan: width }, swatch(null), make("span", { class: "count" }, String(bare))));
    return make("table", { class: "matrix" }, make("thead", {}, head), make("tbody", {}, ...rows.reverse(), ...(bare ? [none] : [])));
  }

  /** What the dots on the map say, and how many there are. */
  dotted(layer, count) {
    const label = this.wording.say("hidden_red");
    const node = make("span", { class: "swatch dot", "aria-hidden": "true" });
    node.style.backgroundColor = layer.colors.at(-1);
    return make("li", { "aria-label": this.wording.say("in_class", { label, count }) }, node, make("span", { class: "label" }, label), make("span", { class: "count" }, String(count)));
  }

  row(layer, number, color, label, count) {
    const point = (to) => () => this.single(layer, to);
    const spoken = this.wording.say("in_class", { label, count });
    return make(
      "li",
      { onmouseenter: point(number), onmouseleave: point(null), "aria-label": spoken },
      swatch(color),
      make("span", { class: "label" }, label),
      make("span", { class: "count" }, String(count)),
    );
  }
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

function boundLabels(wording, layer) {
  const { cuts } = layer;
  if (!cuts.length) return [wording.say("all_values")];
  const texts = cuts.map((cut) => wording.cut(cut, layer.kind === "change"));
  const inner = texts.slice(1).map((high, at) => wording.say("class_between", { low: texts[at], high }));
  return [
    wording.say("class_below", { high: texts[0] }),
    ...inner,
    wording.say("class_above", { low: texts[texts.length - 1] }),
  ];
}
