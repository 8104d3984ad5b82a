// Belts, clusters and zones as outlines with their name on the line.

import { borderArcs } from "./codec.js";
import { make } from "./dom.js";

const STROKES = ["#b3203f", "#1a1a1a", "#7a3fb0", "#c25a00", "#0f6b4f", "#5b4636"];
const DASHES = [null, "9 6", "2 6", "14 5 2 5"];

export class Outlines {
  constructor(map, study, wording) {
    Object.assign(this, { map, study, wording });
    this.group = L.layerGroup().addTo(map);
  }

  refresh(state) {
    this.group.clearLayers();
    this.study.outlines.forEach((outline, place) => {
      if (state.outlines.has(outline.id)) this.add(outline, place);
    });
  }

  add(outline, place) {
    const style = { color: STROKES[place % STROKES.length], dashArray: DASHES[place % DASHES.length] };
    for (const { name, members } of outline.groups) {
      const lines = this.linesOf(members);
      const common = { fill: false, interactive: false };
      L.polyline(lines, { ...common, className: "outline-halo", weight: 5 }).addTo(this.group);
      L.polyline(lines, { ...common, ...style, className: "outline", weight: 2 }).addTo(this.group);
      this.write(this.wording.pick(name), lines, members, style.color);
    }
  }

  /** The border of the members together; small islands are left out. */
  linesOf(members) {
    const { study } = this;
    const lines = borderArcs(study.shapes, members).map((arc) => study.arcs[arc].map(([x, y]) => [y, x]));
    const [west, south, east, north] = study.ground.frame;
    const least = 0.03 * Math.max(east - west, north - south);
    const kept = lines.filter((line) => !isClosed(line) || extent(line) >= least);
    return kept.length ? kept : lines;
  }

  /** The name stands where the border reaches farthest from the middle of the map. */
  write(name, lines, members, color) {
    const [west, south, east, north] = this.study.ground.frame;
    const anchors = members.map((member) => this.study.ground.anchors[member]);
    const middle = (axis) => anchors.reduce((sum, anchor) => sum + anchor[axis], 0) / anchors.length;
    const [dx, dy] = [middle(0) - (west + east) / 2, middle(1) - (south + north) / 2];
    let best = null;
    let most = -Infinity;
    for (const [y, x] of lines.flat()) {
      if (x < west || x > east || y < south || y > north) continue;
      const reach = x * dx + y * dy;
      if (reach > most) [best, most] = [[y, x], reach];
    }
    if (!best) return;
    const text = make("span", {}, name);
    text.style.color = color;
    const icon = L.divIcon({ className: "outline-name", html: text, iconSize: [0, 0] });
    L.marker(best, { icon, interactive: false, keyboard: false }).addTo(this.group);
  }
}

function isClosed(line) {
  const [first, last] = [line[0], line[line.length - 1]];
  return first[0] === last[0] && first[1] === last[1];
}

function extent(line) {
  const [ys, xs] = [line.map(([y]) => y), line.map(([, x]) => x)];
  return Math.max(Math.max(...ys) - Math.min(...ys), Math.max(...xs) - Math.min(...xs));
}
