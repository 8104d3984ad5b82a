// Belts, clusters, zones and ellipses as outlines with their name on the line.

import { bordersOf } from "./codec.js";
import { make } from "./dom.js";
import { verdictText } from "./nation.js";
import { inStudy } from "./sentence.js";
import { boxAround, clearPlace, floating } from "./placing.js";

const STROKES = ["#b3203f", "#1a1a1a", "#7a3fb0", "#c25a00", "#0f6b4f", "#5b4636"];
const DASHES = [null, "9 6", "2 6", "14 5 2 5"];
const ELLIPSES = ["#c2185b", "#00574b"];

/** So many places on a line are tried for what is written at it. */
const MOST_PLACES = 160;

/** Beside more outlines than so many only their names stand; the panel tells the rest. */
export const MOST_TOLD = 2;

/** What is switched on: lines and dots in map units, their look, and what is written at them. */
export function outlined(study, wording, state) {
  const found = [];
  study.outlines.forEach((outline, place) => {
    if (!state.outlines.has(outline.id)) return;
    const look = { color: STROKES[place % STROKES.length], dash: DASHES[place % DASHES.length] };
    for (const { id, name, members } of outline.groups) {
      const anchors = members.map((member) => study.anchors[member]);
      const toward = [0, 1].map((axis) => anchors.reduce((sum, anchor) => sum + anchor[axis], 0) / anchors.length);
      const told = inStudy(study, wording, verdictText(study, wording, state, id));
      found.push({ ...look, toward, name: wording.pick(name), told, lines: bordersOf(study, members), dots: [] });
    }
  });
  study.ellipses.forEach((ellipse, place) => {
    if (state.outlines.has(ellipse.id)) found.push(ellipseIn(study, wording, state, ellipse, place));
  });
  return found;
}

/** The ellipse of the year that is shown, with the path of its center over all years. */
function ellipseIn(study, wording, state, { name, years, rings, centers, told }, place) {
  const at = years.indexOf(state.year);
  const look = { color: ELLIPSES[place % ELLIPSES.length], dash: null };
  const dots = centers.map((point, number) => ({ point, isNow: number === at, label: study.yearName(years[number]) }));
  const shown = { ...look, name: wording.say("ellipse_of", { name: wording.pick(name) }), told: "", toward: null, dots, lines: centers.length > 1 ? [centers] : [] };
  if (at < 0) return shown;
  const [major, minor, azimuth, moved] = told[at];
  const words = [wording.say("ellipse_axes", { major: wording.cut(Math.round(major)), minor: wording.cut(Math.round(minor)) })];
  if (azimuth !== null) words.push(wording.say("ellipse_azimuth", { azimuth: wording.number(azimuth, 0) }));
  if (at > 0) words.push(wording.say("ellipse_moved", { moved: wording.number(moved, 0), year: study.yearName(years[0]) }));
  return { ...shown, told: wording.clauses(words), lines: [rings[at], ...shown.lines] };
}

/** Places on the lines, those that reach farthest outward first. */
export function placesOf({ lines: [line, ...more], toward, dots }, [west, south, east, north]) {
  const points = (dots.length ? line : [line, ...more].flat()).filter(([x, y]) => x >= west && x <= east && y >= south && y <= north);
  const every = Math.ceil(points.length / MOST_PLACES) || 1;
  const [dx, dy] = toward ? [toward[0] - (west + east) / 2, toward[1] - (south + north) / 2] : [0, -1];
  return points.filter((_, place) => place % every === 0).sort((a, b) => (b[0] - a[0]) * dx + (b[1] - a[1]) * dy);
}

export class Outlines {
  constructor(map, study, wording, ground) {
    Object.assign(this, { map, study, wording, ground, labels: [] });
    this.group = L.layerGroup().addTo(map);
    map.on("zoomend moveend", () => this.place());
  }

  refresh(state) {
    const shapes = outlined(this.study, this.wording, state);
    if (!shapes.length && !this.group.getLayers().length) return;
    this.group.clearLayers();
    this.labels = [];
    for (const shape of shapes) this.add(shapes.length > MOST_TOLD ? { ...shape, told: "" } : shape);
    this.place();
    this.ground.chosen.bringToFront();
  }

  add(shape) {
    const { name, told, lines, dots, color, dash } = shape;
    const common = { fill: false, interactive: false };
    const flipped = lines.map((line) => line.map(([x, y]) => [y, x]));
    L.polyline(flipped, { ...common, className: "outline-halo", weight: 5 }).addTo(this.group);
    L.polyline(flipped, { ...common, color, dashArray: dash, className: "outline", weight: 2 }).addTo(this.group);
    const text = make("span", {}, name);
    text.style.borderColor = color;
    if (told) text.append(make("span", { class: "verdict" }, told));
    if (lines.length) this.write(text, placesOf(shape, this.study.ground.frame), "outline-name");
    for (const { point, isNow, label } of [...dots].sort((a, b) => b.isNow - a.isNow)) {
      const look = { className: isNow ? "center now" : "center", radius: isNow ? 4 : 2.5, weight: 1.2, color, fillColor: color };
      L.circleMarker([point[1], point[0]], { ...look, interactive: false }).addTo(this.group);
      this.write(make("span", {}, label), [point], "center-year");
    }
  }

  write(text, places, className) {
    if (!places.length) return;
    const [x, y] = places[0];
    const icon = L.divIcon({ className, html: text, iconSize: [0, 0] });
    const marker = L.marker([y, x], { icon, interactive: false, keyboard: false }).addTo(this.group);
    this.labels.push({ marker, text, places, isYear: className === "center-year" });
  }

  /** Move what is written so that nothing lies on it; years that find no room beside their dot are left out. */
  place() {
    const { map } = this;
    const { x: width, y: height } = map.getSize();
    const taken = floating(map);
    for (const { marker, text, places, isYear } of this.labels) {
      text.hidden = false;
      const size = [text.offsetWidth, text.offsetHeight];
      const points = places.map(([x, y]) => map.latLngToContainerPoint([y, x])).map(({ x, y }) => [isYear ? x + size[0] / 2 + 6 : x, y]);
      const found = clearPlace(points, size, [2, 2, width - 2, height - 2], taken);
      text.hidden = !found && isYear;
      if (text.hidden) continue;
      const middle = found || points[0];
      marker.setLatLng(map.containerPointToLatLng(middle));
      taken.push(boxAround(middle, size));
    }
    this.ground.avoid(taken);
  }
}
