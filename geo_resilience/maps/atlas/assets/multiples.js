// The same map many times over, small: all years of a layer, or all dimensions of a year.

import { circlesOf, largestRadius } from "./circles.js";
import { ringOf, STROKES } from "./codec.js";
import { byId, draw, make, swatch } from "./dom.js";
import { pathOfLine, pathOfRings } from "./inset.js";
import { classLabels, doubts } from "./legend.js";
import { layerName, valueText } from "./tooltip.js";

/** Up to so many regions each is drawn by reference; of more those of one color together. */
const MOST_USED = 600;

/** Corners nearer than this share of the map's longer side are left out. */
const THIN = 1 / 450;

/** Pixels between small maps, and beside all of them. */
const SPACES = { gap: 10, padding: 14 };

/** So many pixels wide are small maps by and large. */
const USUAL = 300;

/** No small map is narrower, in pixels. */
const LEAST = 150;

export class Multiples {
  constructor(study, wording, state, ground) {
    Object.assign(this, { study, wording, state, ground, kind: null });
    this.node = make("section", { id: "multiples", hidden: true });
    byId("stage").append(this.node);
    new ResizeObserver(() => this.node.hidden || this.fit()).observe(this.node);
  }

  /** What is shown in each small map: the state, but for one thing. */
  views() {
    const { study, state } = this;
    if (state.vs === "years") return study.years.map((name, year) => ({ name: String(name), goes: { year }, isNow: year === state.year }));
    const ids = [study.main, ...study.dimensions.map(({ code }) => code)].filter((id) => study.layerById.has(id));
    return ids.map((layer) => ({ name: this.wording.pick(study.layerById.get(layer).name), goes: { layer }, isNow: layer === state.layer }));
  }

  refresh(changed) {
    const { study, state, node } = this;
    const kind = ["years", "dimensions"].includes(state.vs) ? state.vs : null;
    node.hidden = !kind;
    byId("stage").classList.toggle("many", Boolean(kind));
    if (!kind) return;
    if (kind === "years" && changed.size === 1 && changed.has("year") && this.cells) return this.current();
    this.paths ||= study.regions.map((region) => thinned(study, region));
    this.cells = this.views().map((view) => ({ ...view, state: Object.create(state, Object.fromEntries(Object.entries(view.goes).map(([name, value]) => [name, { value }]))) }));
    const kept = document.activeElement && node.contains(document.activeElement) ? [...node.querySelectorAll(".cell")].indexOf(document.activeElement) : -1;
    node.setAttribute("aria-label", this.wording.say(`all_${kind}`));
    const isUsed = study.size <= MOST_USED;
    const shapes = isUsed ? this.paths.map((d, region) => draw("path", { id: `mini${region}`, d })) : [];
    const defs = draw("svg", { class: "defs", width: 0, height: 0, "aria-hidden": "true" }, draw("defs", {}, ...this.patterns(), ...shapes));
    node.replaceChildren(defs, this.legend(kind), make("div", { class: "cells" }, ...this.cells.map((cell, place) => this.cell(cell, place, isUsed))));
    this.fit();
    if (kept >= 0) node.querySelectorAll(".cell")[kept]?.focus();
    this.mark();
  }

  /** Which of the years is the one that the page shows. */
  current() {
    [...this.node.querySelectorAll(".cell")].forEach((cell, place) => (place === this.state.year ? cell.setAttribute("aria-current", "true") : cell.removeAttribute("aria-current")));
  }

  /** As many columns as make the maps largest where all are to be seen at once. */
  fit() {
    const [west, south, east, north] = this.study.ground.frame;
    const cells = this.node.lastChild;
    const { gap, padding } = SPACES;
    const head = cells.querySelector(".cell-head").offsetHeight;
    const [width, height] = [this.node.offsetWidth - 2 * padding, this.node.offsetHeight - cells.offsetTop - gap];
    const each = (length, count) => (length + gap) / count - gap - 14;
    const size = (columns) => Math.min(each(width, columns), (each(height, Math.ceil(this.cells.length / columns)) - head) * ((east - west) / (north - south)));
    const counts = this.cells.map((_, place) => place + 1);
    const best = counts.reduce((one, other) => (size(other) > size(one) ? other : one));
    const most = Math.max(1, Math.floor(width / LEAST));
    cells.style.gridTemplateColumns = `repeat(${Math.min(best, most)},minmax(0,1fr))`;
    cells.style.maxWidth = best > most ? "" : `${best * (Math.max(size(best), LEAST) + 14 + gap) - gap}px`;
  }

  /** One legend for all: the classes of the layer, or steps of a tenth. */
  legend(kind) {
    const { study, wording, state } = this;
    const layer = kind === "years" ? study.layerOf(state) : { colors: study.tenths, cuts: study.tenths.slice(1).map((_, place) => (place + 1) / 10), kind: "classes" };
    const title = kind === "years" ? wording.named(layerName(study, wording, state, layer), layer) : `${wording.say("dimensions")} ${study.yearName(state.year)}`;
    const items = [...classLabels(wording, layer).map((label, number) => [layer.colors[number], label]), [null, wording.say("no_data")]];
    const chips = items.map(([color, label]) => [swatch(color), label]);
    const found = new Map(this.cells.flatMap(({ state: own }) => doubts(study, wording, study.layerOf(own), own)).map(({ kind: mark, label }) => [mark, label]));
    for (const [mark, label] of found) chips.push([make("span", { class: `swatch ${mark}-swatch`, "aria-hidden": "true" }), label]);
    return make("p", { class: "shared" }, make("b", {}, title), ...chips.map((chip) => make("span", { class: "chip" }, ...chip)));
  }

  cell(cell, place, isUsed) {
    const { study, state } = this;
    const layer = study.layerOf(cell.state);
    const land = study.isCircled(layer, cell.state) && "var(--land)";
    const colors = study.regions.map((region) => {
      const color = study.color(layer, region, cell.state);
      return (color && (land || color)) || "url(#mini_hatch)";
    });
    const group = draw("g", { id: `cell${place}` });
    const isFaint = (region) => Boolean(state.brushed) && !state.brushed.has(region);
    if (isUsed) for (const region of study.regions) group.append(draw("use", { href: `#mini${region}`, fill: colors[region], "data-region": region, class: isFaint(region) ? "faint" : null }));
    else for (const [look, d] of this.joined(colors, isFaint)) group.append(draw("path", { d, fill: look.split(" ")[0], class: look.split(" ")[1] || null, "fill-rule": "evenodd" }));
    group.append(...this.base(), ...this.circles(layer, cell.state, isFaint));
    const doubtful = study.regions.filter((region) => study.isDoubtful(layer, region, cell.state));
    if (doubtful.length) group.append(draw("path", { d: doubtful.map((region) => this.paths[region]).join(""), class: "doubt", fill: "url(#mini_doubt)" }));
    const nearly = study.regions.filter((region) => study.isNearly(layer, region, cell.state));
    if (nearly.length) group.append(draw("path", { d: nearly.map((region) => this.paths[region]).join(""), class: "nearly", fill: "none" }));
    cell.over = draw("path", { class: "over", fill: "none" });
    const svg = draw("svg", { viewBox: boxOf(study.ground.frame), "aria-hidden": "true" }, group, ...this.inset(place), cell.over);
    cell.told = make("span", { class: "muted" });
    const button = make("button", { type: "button", class: "cell", "data-place": place, "aria-current": cell.isNow ? "true" : null, "aria-label": this.wording.say("goes_to", { name: cell.name }) }, make("span", { class: "cell-head" }, make("b", {}, cell.name), cell.told), svg);
    button.addEventListener("click", () => state.set({ ...cell.goes, vs: null }));
    button.addEventListener("pointermove", (event) => state.set({ hovered: this.regionAt(event, svg) }));
    button.addEventListener("pointerleave", () => state.set({ hovered: null }));
    return button;
  }

  /** The patterns of the page in the units of small maps. */
  patterns() {
    const [west, , east] = this.study.ground.frame;
    return ["hatch", "doubt"].map((id) => {
      const pattern = byId(id).cloneNode(true);
      pattern.id = `mini_${id}`;
      pattern.setAttribute("patternTransform", `${pattern.getAttribute("patternTransform")} scale(${(east - west) / USUAL})`);
      return pattern;
    });
  }

  /** Totals as circles, as on the map. */
  circles(layer, state, isFaint) {
    const { study } = this;
    const [west, south, east, north] = study.ground.frame;
    const scale = (east - west) / USUAL;
    const most = scale * largestRadius(study, { x: USUAL, y: (north - south) / scale });
    return circlesOf(study, layer, state).map(({ region, share, color }) => {
      const [cx, y] = study.anchors[region];
      return draw("circle", { cx, cy: -y, r: most * share, fill: color, "fill-opacity": 0.9, class: isFaint(region) ? "faint" : null });
    });
  }

  /** What the base map has beside the regions: areas without data, lines as they were delivered. */
  base() {
    const { study } = this;
    if (study.form) return [];
    const areas = study.areas.map((area) => draw("path", { d: thinned(study, area), fill: "url(#mini_hatch)" }));
    const lines = study.lines.map(({ style, line }) => draw("path", { d: pathOfLine(line), class: "base-line", fill: "none", "stroke-dasharray": STROKES[style] }));
    return [...areas, ...lines];
  }

  /** Paths of all regions of one look. */
  joined(colors, isFaint) {
    const found = new Map();
    for (const region of this.study.regions) {
      const look = isFaint(region) ? `${colors[region]} faint` : colors[region];
      found.set(look, (found.get(look) || "") + this.paths[region]);
    }
    return found;
  }

  /** What lies beyond the frame, small in its corner. */
  inset(place) {
    const { frame, inset, corners } = this.study.ground;
    if (!inset) return [];
    const [west, south, east, north] = frame;
    const height = 0.3 * (north - south);
    const width = (height * (inset[2] - inset[0])) / (inset[3] - inset[1]);
    const at = { x: corners.inset === "sw" ? west : east - width, y: -south - height, width, height };
    return [draw("rect", { ...at, class: "inset-ground" }), draw("svg", { ...at, viewBox: boxOf(inset) }, draw("use", { href: `#cell${place}` })), draw("rect", { ...at, class: "inset-frame" })];
  }

  regionAt(event, svg) {
    const { region } = event.target.dataset;
    if (region !== undefined) return Number(region);
    if (!this.ground.sheet) return null;
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return this.ground.sheet.at(x, -y);
  }

  /** The region under the pointer in every map, with its value there. */
  mark() {
    const { study, wording, state, node } = this;
    if (node.hidden) return;
    for (const cell of this.cells) {
      const region = state.hovered ?? state.region;
      const layer = study.layerOf(cell.state);
      cell.over.setAttribute("d", region === null ? "" : this.paths[region]);
      const number = region === null ? -1 : study.classOf(layer, region, cell.state);
      const isKind = layer.kind === "categories";
      cell.told.textContent = region === null ? "" : isKind ? (number < 0 ? wording.say("no_data") : wording.pick(layer.labels[number])) : valueText(wording, layer, study.value(layer, region, cell.state));
    }
  }
}

const boxOf = ([west, south, east, north]) => `${west} ${-north} ${east - west} ${north - south}`;

/** The path of a region without corners that a small map cannot show. */
function thinned(study, region) {
  const [west, south, east, north] = study.ground.frame;
  const least = THIN * Math.max(east - west, north - south);
  const apart = (ring) => {
    let last = null;
    const kept = ring.filter((point) => {
      const isFar = !last || Math.abs(point[0] - last[0]) + Math.abs(point[1] - last[1]) > least;
      if (isFar) last = point;
      return isFar;
    });
    return kept.length > 2 ? [...kept, kept[0]] : ring;
  };
  return pathOfRings(study.shapes[region].flat().map((ring) => apart(ringOf(study.arcs, ring))));
}
