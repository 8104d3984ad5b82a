// What a map may carry: scale bar, north arrow, graticule, and the user's own context.

import { unpackArcs, unpackNumbers } from "./codec.js";
import { byId, draw, make } from "./dom.js";

/** Lengths of a scale bar start with these figures. */
const ROUND = [1, 2, 5];

/** The longest round length of at most so many units. */
export function roundLength(most) {
  const power = 10 ** Math.floor(Math.log10(most));
  return Math.max(...ROUND.map((figure) => figure * power).filter((length) => length <= most * (1 + 1e-9)));
}

export class Furniture {
  constructor(map, study, wording, state) {
    Object.assign(this, { map, study, wording, state });
    this.group = L.layerGroup().addTo(map);
    this.node = make("div", { id: "furniture" });
    byId("stage").append(this.node);
    const { scale, graticule, context } = study.ground;
    this.lines = graticule ? unpackArcs(graticule.lines, scale) : [];
    this.context = context.map((layer) => ({
      ...layer,
      lines: layer.lines ? unpackArcs(layer.lines, scale) : [],
      points: layer.points ? pointsOf(layer.points, scale) : [],
    }));
    map.on("zoomend moveend", () => this.measure());
  }

  /** What can be switched on: [id, name, kind]. */
  choices() {
    const { study, wording } = this;
    const own = ["names", "scale", "north", ...(study.ground.graticule ? ["graticule"] : [])];
    return [
      ...own.map((id) => [id, wording.say(`show_${id}`), ""]),
      ...this.context.map(({ id, name }) => [id, name, wording.say("kind_context")]),
    ];
  }

  refresh() {
    const { state, group } = this;
    group.clearLayers();
    if (state.shown.has("graticule")) this.drawGraticule();
    for (const layer of this.context) if (state.shown.has(layer.id)) this.drawContext(layer);
    this.measure();
  }

  drawGraticule() {
    const { meridians, parallels } = this.study.ground.graticule;
    const [west, south, east, north] = this.study.ground.frame;
    const still = { interactive: false, fill: false };
    this.lines.forEach((line, place) => {
      L.polyline(flipped(line), { ...still, className: "graticule", weight: 0.7 }).addTo(this.group);
      const isMeridian = place < meridians.length;
      const degrees = isMeridian ? meridians[place] : parallels[place - meridians.length];
      const inside = line.filter(([x, y]) => x >= west && x <= east && y >= south && y <= north);
      if (!inside.length) return;
      this.write(this.degrees(degrees, isMeridian), isMeridian ? inside[0] : inside[inside.length - 1], "degree");
    });
  }

  degrees(value, isMeridian) {
    const way = isMeridian ? (value < 0 ? "west" : "east") : value < 0 ? "south" : "north";
    return this.wording.say(`degrees_${way}`, { value: Math.abs(value) });
  }

  drawContext({ lines, points, names }) {
    const still = { interactive: false };
    for (const line of lines) L.polyline(flipped(line), { ...still, className: "context", weight: 1 }).addTo(this.group);
    points.forEach(([x, y], place) => {
      L.circleMarker([y, x], { ...still, className: "context-point", radius: 2.5, weight: 1 }).addTo(this.group);
      if (names[place]) this.write(names[place], [x, y], "context-name");
    });
  }

  write(text, [x, y], kind) {
    const icon = L.divIcon({ className: kind, html: make("span", {}, text), iconSize: [0, 0] });
    L.marker([y, x], { icon, interactive: false, keyboard: false }).addTo(this.group);
  }

  /** Scale bar and north arrow follow the view. */
  measure() {
    const { state, node } = this;
    const parts = [];
    if (state.shown.has("north")) parts.push(this.arrow());
    if (state.shown.has("scale")) parts.push(this.bar());
    node.replaceChildren(...parts);
  }

  bar() {
    const { map, study, wording } = this;
    const perPixel = study.ground.kilometers / map.getZoomScale(map.getZoom(), 0);
    const length = roundLength(110 * perPixel);
    const text = length >= 1 ? wording.say("kilometers", { value: wording.cut(length) }) : wording.say("meters", { value: wording.cut(1000 * length) });
    const bar = make("span", { class: "scale-bar" }, text);
    bar.style.width = `${length / perPixel}px`;
    return bar;
  }

  /** North at the middle of the view, from the meridian that runs nearest to it. */
  arrow() {
    const { lat: y, lng: x } = this.map.getCenter();
    const turn = northAt(this.lines.slice(0, (this.study.ground.graticule || { meridians: [] }).meridians.length), [x, y]);
    const svg = draw("svg", { viewBox: "-12 -16 24 32", class: "north", "aria-hidden": "true" });
    svg.append(draw("path", { d: "M0-14L7 12L0 7L-7 12Z", transform: `rotate(${turn.toFixed(1)})` }));
    return make("span", { class: "north-arrow" }, this.wording.say("north"), svg);
  }
}

const flipped = (line) => line.map(([x, y]) => [y, x]);

function pointsOf(text, scale) {
  const numbers = unpackNumbers(text);
  const points = [];
  let [x, y] = [0, 0];
  for (let at = 0; at < numbers.length; at += 2) {
    x += numbers[at];
    y += numbers[at + 1];
    points.push([x * scale, y * scale]);
  }
  return points;
}

/** Degrees clockwise from straight up to north, read off the piece of meridian nearest to a point. */
export function northAt(meridians, [x, y]) {
  let [turn, least] = [0, Infinity];
  for (const line of meridians) {
    for (let place = 1; place < line.length; place++) {
      const [[x1, y1], [x2, y2]] = [line[place - 1], line[place]];
      const length = (x2 - x1) ** 2 + (y2 - y1) ** 2;
      const share = Math.min(Math.max(((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length, 0), 1);
      const distance = (x1 + share * (x2 - x1) - x) ** 2 + (y1 + share * (y2 - y1) - y) ** 2;
      if (distance < least) [turn, least] = [(180 / Math.PI) * Math.atan2(x2 - x1, y2 - y1), distance];
    }
  }
  return turn;
}
