// Belts, clusters and zones as outlines with their name on the line.

import { bordersOf } from "./codec.js";
import { make } from "./dom.js";
import { verdictText } from "./nation.js";

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
      if (state.outlines.has(outline.id)) this.add(outline, place, state);
    });
  }

  add(outline, place, state) {
    const style = { color: STROKES[place % STROKES.length], dashArray: DASHES[place % DASHES.length] };
    for (const { id, name, members } of outline.groups) {
      const lines = bordersOf(this.study, members).map((line) => line.map(([x, y]) => [y, x]));
      const common = { fill: false, interactive: false };
      L.polyline(lines, { ...common, className: "outline-halo", weight: 5 }).addTo(this.group);
      L.polyline(lines, { ...common, ...style, className: "outline", weight: 2 }).addTo(this.group);
      const verdict = verdictText(this.study, this.wording, state, id);
      this.write(this.wording.pick(name), verdict, lines, members, style.color);
    }
  }

  /** The name stands where the border reaches farthest from the middle of the map. */
  write(name, verdict, lines, members, color) {
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
    if (verdict) text.append(make("span", { class: "verdict" }, verdict));
    const icon = L.divIcon({ className: "outline-name", html: text, iconSize: [0, 0] });
    L.marker(best, { icon, interactive: false, keyboard: false }).addTo(this.group);
  }
}
