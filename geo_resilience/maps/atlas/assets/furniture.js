// What a map may carry: scale bar, north arrow, graticule, and the user's own context.

import { draw, make } from "./dom.js";
import { clearPlace, floating } from "./placing.js";

/** Pixels between a line and its degrees. */
export const BESIDE = 4;

/** Lengths of a scale bar start with these figures. */
const ROUND = [1, 2, 5];

/** The longest round length of at most so many units. */
export function roundLength(most) {
  const power = 10 ** Math.floor(Math.log10(most));
  return Math.max(...ROUND.map((figure) => figure * power).filter((length) => length <= most * (1 + 1e-9)));
}

export class Furniture {
  /** A map that moves with another has the scale and the arrow of that one: it comes without a node for them. */
  constructor(map, study, wording, state, node = null) {
    Object.assign(this, { map, study, wording, state, node, degrees: [] });
    this.group = L.layerGroup().addTo(map);
    map.on("zoomend moveend", () => this.measure());
  }

  /** What can be switched on: [id, name, kind]. */
  choices() {
    const { study, wording } = this;
    const own = ["names", ...(study.form ? [] : ["scale", "north"]), ...(study.ground.graticule ? ["graticule"] : [])];
    return [
      ...own.map((id) => [id, wording.say(`show_${id}`), ""]),
      ...study.context.map(({ id, name }) => [id, wording.pick(name), wording.say("kind_context")]),
    ];
  }

  refresh() {
    const { study, state, group } = this;
    group.clearLayers();
    this.degrees = [];
    if (state.shown.has("graticule")) this.drawGraticule();
    for (const layer of study.context) if (state.shown.has(layer.id)) this.drawContext(layer);
    this.measure();
  }

  drawGraticule() {
    for (const { line, label, places } of graticuleOf(this.study, this.wording)) {
      L.polyline(flipped(line), { interactive: false, fill: false, className: "graticule", weight: 0.7 }).addTo(this.group);
      if (places.length) this.degrees.push({ places, marker: this.write(label, places[0], "degree") });
    }
  }

  drawContext({ lines, areas, points, names }) {
    const still = { interactive: false };
    const called = this.wording.pick(names || {});
    if (areas.length) L.polygon([areas.map(flipped)], { ...still, className: "context-area", weight: 0.5, fillRule: "evenodd" }).addTo(this.group);
    for (const line of lines) L.polyline(flipped(line), { ...still, className: "context", weight: 1 }).addTo(this.group);
    points.forEach(([x, y], place) => {
      L.circleMarker([y, x], { ...still, className: "context-point", radius: 2.5, weight: 1 }).addTo(this.group);
      if (called[place]) this.write(called[place], [x, y], "context-name");
    });
  }

  write(text, [x, y], kind) {
    const icon = L.divIcon({ className: kind, html: make("span", {}, text), iconSize: [0, 0] });
    return L.marker([y, x], { icon, interactive: false, keyboard: false }).addTo(this.group);
  }

  /** Scale bar and north arrow follow the view; degrees keep clear of all that floats over it. */
  measure() {
    const { study, state, node } = this;
    const parts = [];
    if (node && state.shown.has("north") && !study.form) parts.push(this.arrow());
    if (node && state.shown.has("scale") && !study.form) parts.push(this.bar());
    if (node) node.replaceChildren(...parts);
    this.placeDegrees();
  }

  /** Degrees stand where their line first comes into sight. */
  placeDegrees() {
    const { map } = this;
    const { x: width, y: height } = map.getSize();
    const taken = this.degrees.length ? floating(map) : [];
    for (const { marker, places } of this.degrees) {
      const text = marker.getElement().firstChild;
      text.hidden = false;
      const size = [text.offsetWidth + 1, text.offsetHeight];
      const seen = places
        .map(([x, y]) => map.latLngToContainerPoint([y, x]))
        .filter(({ x, y }) => x >= 0 && y >= 0 && x + BESIDE + size[0] + 2 <= width && y <= height);
      const found = clearPlace(seen.map(({ x, y }) => [x + BESIDE + size[0] / 2, y]), size, [2, 2, width - 2, height - 2], taken);
      text.hidden = !found;
      if (found) marker.setLatLng(map.containerPointToLatLng([found[0] - BESIDE - size[0] / 2, found[1]]));
    }
  }

  bar() {
    const { map, study, wording } = this;
    const { text, width } = scaleBar(study, wording, map.getZoomScale(map.getZoom(), 0));
    const bar = make("span", { class: "scale-bar" }, text);
    bar.style.width = `${width}px`;
    return bar;
  }

  /** North at the middle of the view, from the meridian that runs nearest to it. */
  arrow() {
    const { lat: y, lng: x } = this.map.getCenter();
    const svg = draw("svg", { viewBox: "-12 -16 24 32", class: "north", "aria-hidden": "true" });
    svg.append(needle(this.study, [x, y]));
    return make("span", { class: "north-arrow" }, this.wording.say("north"), svg);
  }
}

/** A round length and how many pixels it takes at a scale of pixels a map unit. */
export function scaleBar(study, wording, scale) {
  const perPixel = study.ground.kilometers / scale;
  const length = roundLength(110 * perPixel);
  return { text: lengthText(wording, length), width: length / perPixel };
}

/** A length of so many kilometers. */
export function lengthText(wording, length) {
  return length >= 1 ? wording.say("kilometers", { value: wording.cut(length) }) : wording.say("meters", { value: wording.cut(1000 * length) });
}

/** The needle of a compass, turned to where north is at a point. */
export function needle(study, point, more = {}) {
  const { meridians } = study.ground.graticule || { meridians: [] };
  const turn = northAt(study.graticule.slice(0, meridians.length), point);
  return draw("path", { d: "M0-14L7 12L0 7L-7 12Z", transform: `rotate(${turn.toFixed(1)})`, ...more });
}

/** A line with points between its own, which a straight one has but at its ends. */
const withBetween = (line) =>
  line.flatMap((point, place) =>
    Array.from({ length: place ? 30 : 1 }, (_, step) => {
      const share = place ? (step + 1) / 30 : 1;
      return [0, 1].map((axis) => (place ? line[place - 1][axis] * (1 - share) : 0) + point[axis] * share);
    }),
  );

/** Meridians and parallels, each with its degrees and where they may be written, the best first. */
export function graticuleOf(study, wording) {
  const { meridians, parallels } = study.ground.graticule || { meridians: [], parallels: [] };
  const [west, south, east, north] = study.ground.frame;
  return study.graticule.map((line, place) => {
    const isMeridian = place < meridians.length;
    const value = isMeridian ? meridians[place] : parallels[place - meridians.length];
    const way = isMeridian ? (value < 0 ? "west" : "east") : value < 0 ? "south" : "north";
    const inside = withBetween(line).filter(([x, y]) => x >= west && x <= east && y >= south && y <= north);
    const label = wording.say(`degrees_${way}`, { value: Math.abs(value) });
    return { line, label, places: isMeridian ? inside : inside.reverse() };
  });
}

const flipped = (line) => line.map(([x, y]) => [y, x]);

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
