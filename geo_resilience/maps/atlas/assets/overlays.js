// What lies over the regions of an exported picture: graticule, context, outlines, names, scale, north.

import { besideRegions } from "./beside.js";
import { circlesOf, largestRadius } from "./circles.js";
import { ringOf } from "./codec.js";
import { draw } from "./dom.js";
import { BESIDE, graticuleOf, needle, scaleBar } from "./furniture.js";
import { wantsWhite } from "./ground.js";
import { marked } from "./marks.js";
import { lineEnd, placeNames } from "./naming.js";
import { MOST_TOLD, outlined, placesOf } from "./outlines.js";
import { boxAround, clearPlace } from "./placing.js";
import { folded, placedRemarks } from "./remarks.js";

/** So many letters of a name are written. */
const LONGEST = 36;

/** Words cut where they are long. */
export const clipped = (words, most) => (words.length > most ? `${words.slice(0, most)}…` : words);

/** Dark in every theme: it lies on the light color of what is not significant. */
export const DASHED = "#14171a";

/** Draws into a picture: `fit` gives pixels of a point in map units, `taken` the boxes to keep clear of. */
export class Overlays {
  constructor(study, wording, state, { style, text, fit, scale, box, taken, isPaper, isLand }) {
    Object.assign(this, { study, wording, state, style, text, fit, scale, box, taken, isPaper, isLand });
    this.pen = document.createElement("canvas").getContext("2d");
  }

  /** Lines under what is written; all within the picture's frame. */
  drawn() {
    const { study, state } = this;
    const [left, top, right, bottom] = this.box;
    const clip = draw("clipPath", { id: "frame" }, draw("rect", { x: left, y: top, width: right - left, height: bottom - top }));
    this.lines = draw("g", { fill: "none", "clip-path": "url(#frame)" });
    this.words = draw("g", { "clip-path": "url(#frame)" });
    const furniture = this.furniture();
    if (state.shown.has("graticule")) this.graticule();
    for (const layer of study.context) if (state.shown.has(layer.id)) this.context(layer);
    this.circles();
    this.nearly();
    this.outlines();
    this.marks();
    this.chosen();
    this.remarks();
    if (state.shown.has("names")) this.names();
    return [clip, this.lines, this.words, ...furniture];
  }

  path(line) {
    return `M${line.map((point) => this.fit(point).map((value) => value.toFixed(1)).join(" ")).join("L")}`;
  }

  stroke(line, look) {
    this.lines.append(draw("path", { d: this.path(line), "stroke-linejoin": "round", ...look }));
  }

  dot(point, look) {
    const [cx, cy] = this.fit(point);
    this.lines.append(draw("circle", { cx: cx.toFixed(1), cy: cy.toFixed(1), ...look }));
  }

  /** A text with a halo, so that it reads over lines. */
  write([x, y], size, words, more = {}) {
    const halo = { "paint-order": "stroke", stroke: this.style("--page"), "stroke-width": 3, "stroke-opacity": 0.7, "stroke-linejoin": "round" };
    const look = { ...halo, ...more, ...(this.isPaper ? { stroke: null } : {}) };
    this.words.append(this.text(x.toFixed(1), y.toFixed(1), size, words, look));
  }

  sizeOf(words, size, weight = 400) {
    this.pen.font = `${weight} ${size}px ${this.style("font-family")}`;
    return [this.pen.measureText(words).width, size * 1.15];
  }

  graticule() {
    const muted = this.style("--muted");
    for (const { line, label, places } of graticuleOf(this.study, this.wording)) {
      this.stroke(line, { stroke: muted, "stroke-width": 0.7, "stroke-opacity": 0.5 });
      const size = this.sizeOf(label, 11);
      const points = places.map((place) => this.fit(place)).map(([x, y]) => [x + BESIDE + size[0] / 2, y]);
      const middle = clearPlace(points, size, this.box, this.taken);
      if (!middle) continue;
      this.taken.push(boxAround(middle, size));
      this.write([middle[0] - size[0] / 2, middle[1] + 4], 11, label, { fill: muted });
    }
  }

  /** The chosen region, and dashed the one laid beside it. */
  chosen() {
    const { study, wording, state } = this;
    const marked = besideRegions(study, wording, state).map((region) => [region, "6 4"]);
    for (const [region, dash] of [...marked, [state.region, null]]) {
      if (region !== null) this.border(region, { class: "chosen", "stroke-width": 2.6, "stroke-dasharray": dash });
    }
  }

  /** What the reader remarked, beside the region with a line to it. */
  remarks() {
    const { study, state, box, fit, isLand, taken } = this;
    const lines = new Map([...state.remarks].map(([region, text]) => [region, folded(text)]));
    const sizeOf = (region) => [Math.max(...lines.get(region).map((line) => this.sizeOf(line, 12)[0])) + 14, 15 * lines.get(region).length + 8];
    const placeOf = (anchor) => {
      const [x, y] = fit(anchor);
      return { x, y };
    };
    for (const spot of placedRemarks(study, state.remarks, { placeOf, sizeOf, isLand, taken, box })) {
      const [width, height] = sizeOf(spot.region);
      const [x, y] = [spot.point.x - width / 2, spot.point.y - height / 2];
      const ink = this.style("--mark");
      const end = spot.home && lineEnd(spot, [width, height]);
      if (end) this.words.append(draw("path", { d: `M${spot.home.x.toFixed(1)} ${spot.home.y.toFixed(1)}L${end.x.toFixed(1)} ${end.y.toFixed(1)}`, stroke: ink, fill: "none" }));
      this.words.append(draw("rect", { x: x.toFixed(1), y: y.toFixed(1), width: width.toFixed(1), height, rx: 3, fill: this.style("--page"), stroke: ink, "stroke-width": 0.8, class: "remark" }));
      lines.get(spot.region).forEach((line, place) => this.words.append(this.text((x + 7).toFixed(1), (y + 15 + 15 * place).toFixed(1), 12, line)));
    }
  }

  /** Dashed what is found only before the correction for many tests. */
  nearly() {
    const { study, state } = this;
    const layer = study.layerOf(state);
    for (const region of study.regions.filter((each) => study.isNearly(layer, each, state))) {
      this.border(region, { class: "nearly", stroke: DASHED, "stroke-width": 1.8, "stroke-dasharray": "4 2.5" });
    }
  }

  border(region, look) {
    const { study } = this;
    const rings = study.shapes[region].flat().filter((ring) => study.touches(ring, study.ground.frame));
    const d = rings.map((ring) => this.path(ringOf(study.arcs, ring))).join("");
    this.lines.append(draw("path", { d, stroke: this.style("--mark"), "stroke-linejoin": "round", ...look }));
  }

  circles() {
    const { study, state, box } = this;
    const most = largestRadius(study, { x: box[2] - box[0], y: box[3] - box[1] });
    for (const { region, share, color } of circlesOf(study, study.layerOf(state), state)) {
      this.dot(study.anchors[region], { class: "circle", r: (most * share).toFixed(1), fill: color, "fill-opacity": 0.9, stroke: this.style("--page"), "stroke-width": 0.8 });
    }
  }

  /** Dots where an indicator is worse than the color. */
  marks() {
    const layer = this.study.layerOf(this.state);
    const look = { class: "hidden-mark", r: 4.5, fill: layer.colors.at(-1), stroke: "#fff", "stroke-width": 1.5 };
    for (const { point } of marked(this.study, layer, this.state)) this.dot(point, look);
  }

  context({ lines, areas, points, names }) {
    const mark = this.style("--mark");
    const called = this.wording.pick(names || {});
    if (areas.length) this.lines.append(draw("path", { d: areas.map((ring) => this.path(ring)).join(""), fill: mark, "fill-opacity": 0.14, "fill-rule": "evenodd", stroke: mark, "stroke-width": 0.5 }));
    for (const line of lines) this.stroke(line, { stroke: mark, "stroke-width": 1, "stroke-opacity": 0.6 });
    points.forEach((point, place) => {
      this.dot(point, { r: 2.5, fill: this.style("--page"), stroke: mark });
      if (!called[place]) return;
      const [x, y] = this.fit(point);
      const [width, height] = this.sizeOf(called[place], 12);
      this.taken.push(boxAround([x + 6 + width / 2, y], [width, height]));
      this.write([x + 6, y + 4], 12, called[place]);
    });
  }

  outlines() {
    const shapes = outlined(this.study, this.wording, this.state);
    for (const { lines, dots, color, dash } of shapes) {
      for (const line of lines) this.stroke(line, { stroke: this.style("--page"), "stroke-width": 4, "stroke-opacity": 0.7 });
      for (const line of lines) this.stroke(line, { stroke: color, "stroke-width": 2, "stroke-dasharray": dash });
      for (const { point, isNow } of dots) this.dot(point, { r: isNow ? 4 : 2.5, fill: color, "fill-opacity": isNow ? 1 : 0.35, stroke: color });
    }
    for (const shape of shapes.filter(({ lines }) => lines.length)) this.label(shape, shapes.length > MOST_TOLD ? "" : shape.told);
  }

  /** An outline's name and what is told of it, on a ground of their own where nothing else is. */
  label(shape, told) {
    const [width, height] = this.sizeOf(shape.name, 13, 650);
    const size = [Math.max(width, this.sizeOf(told, 12)[0]) + 16, (told ? 2 : 1) * height + 6];
    const places = placesOf(shape, this.study.ground.frame).map((point) => this.fit(point));
    const middle = clearPlace(places, size, this.box, this.taken) || places[0];
    if (!middle) return;
    const [x, y, right, low] = boxAround(middle, size);
    this.taken.push([x, y, right, low]);
    const ground = { x, y, height: low - y, fill: this.style("--page") };
    this.words.append(draw("rect", { ...ground, width: right - x }), draw("rect", { ...ground, width: 3, fill: shape.color }));
    this.words.append(this.text(x + 9, y + 15, 13, shape.name, { "font-weight": 650 }));
    if (told) this.words.append(this.text(x + 9, y + 30, 12, told));
  }

  names() {
    const { study, wording, state, fit, scale, taken, box, isLand } = this;
    const layer = study.layerOf(state);
    const names = study.namesOn(wording).map((name) => clipped(name, LONGEST));
    const wanted = [...study.regions].sort((a, b) => study.anchors[b][2] - study.anchors[a][2]);
    const placeOf = (point) => {
      const [x, y] = fit(point);
      return { x, y };
    };
    const sizeOf = (region) => this.sizeOf(names[region], 12);
    const must = study.ends(layer, state);
    for (const place of placeNames(study, { wanted, must, scale, placeOf, sizeOf, taken, box, isLand })) {
      const { region, point, home } = place;
      if (home) this.lead(place, sizeOf(region));
      const isFaint = state.brushed && !state.brushed.has(region);
      const color = home || isFaint || study.isCircled(layer, state) ? null : study.color(layer, region, state);
      const isWhite = color !== null && wantsWhite(color);
      const look = { fill: isWhite ? "#fff" : "#23282d", stroke: isWhite ? "#0a1428" : "#fff", "stroke-opacity": study.isDoubtful(layer, region, state) ? 0.85 : 0.35, "stroke-width": 2.5 };
      const ground = home || isFaint || study.isCircled(layer, state) ? "--page" : "--nodata";
      const none = color === null ? { fill: this.style("--ink"), stroke: this.style(ground), "stroke-opacity": 1 } : {};
      this.write([point.x, point.y + 4], 12, names[region], { ...look, ...none, "text-anchor": "middle" });
    }
  }

  /** A dot on a region and a line to its name beside it. */
  lead(place, size) {
    const { home } = place;
    const end = lineEnd(place, size);
    const line = `M${home.x.toFixed(1)} ${home.y.toFixed(1)}L${end.x.toFixed(1)} ${end.y.toFixed(1)}`;
    this.words.append(draw("path", { d: line, class: "leader", fill: "none", stroke: this.style("--mark"), "stroke-width": 0.8 }));
    this.words.append(draw("circle", { cx: home.x.toFixed(1), cy: home.y.toFixed(1), r: 2, class: "home", fill: this.style("--mark") }));
  }

  /** Scale bar and needle in the upper corner that the legend leaves. */
  furniture() {
    const { study, wording, state, text, style } = this;
    const shown = state.form ? new Set() : state.shown;
    const [, top, right] = this.box;
    const ink = style("--ink");
    const parts = [];
    let x = right - 8;
    if (shown.has("scale")) {
      const { text: length, width } = scaleBar(study, wording, this.scale);
      parts.push(draw("path", { d: `M${x - width} ${top + 20}v6h${width}v-6`, fill: "none", stroke: ink, "stroke-width": 1.5 }));
      parts.push(text(x - width / 2, top + 18, 12, length, { "text-anchor": "middle" }));
      x -= width + 26;
    }
    if (shown.has("north")) {
      const [west, south, east, north] = study.ground.frame;
      const arrow = needle(study, [(west + east) / 2, (south + north) / 2], { fill: ink });
      parts.push(draw("g", { transform: `translate(${x} ${top + 28})` }, arrow), text(x, top + 10, 12, wording.say("north"), { "text-anchor": "middle" }));
    }
    if (parts.length) this.taken.push([x - 16, top, right, top + 46]);
    return parts;
  }
}
