// Parts that would shrink the map, drawn apart at a smaller scale in a corner.

import { ringOf } from "./codec.js";
import { draw } from "./dom.js";

export class Inset {
  constructor(node, study) {
    Object.assign(this, { node, study });
    const bounds = study.ground.inset;
    node.hidden = !bounds;
    if (!bounds) return;
    const [west, south, east, north] = bounds;
    const margin = 0.05 * Math.max(east - west, north - south);
    const [width, height] = [east - west + 2 * margin, north - south + 2 * margin];
    const box = { viewBox: `${west - margin} ${-north - margin} ${width} ${height}` };
    this.svg = draw("svg", { ...box, role: "presentation" });
    this.paths = new Map();
    for (const region of study.regions) {
      const near = study.shapes[region].flat().filter((ring) => study.touches(ring, [west - margin, south - margin, east + margin, north + margin]));
      if (!near.length) continue;
      const path = draw("path", { d: pathOfRings(near.map((ring) => ringOf(study.arcs, ring))), "fill-rule": "evenodd" });
      this.paths.set(region, path);
      this.svg.append(path);
    }
    this.doubt = draw("path", { fill: "url(#doubt)", class: "doubt" });
    this.svg.append(this.doubt);
    node.append(this.svg);
  }

  paint(layer, state) {
    if (!this.paths) return;
    const { study } = this;
    const land = study.isCircled(layer, state) && "var(--land)";
    let doubtful = "";
    for (const [region, path] of this.paths) {
      const color = study.color(layer, region, state);
      path.setAttribute("fill", (color && (land || color)) || "url(#hatch)");
      if (study.isDoubtful(layer, region, state)) doubtful += path.getAttribute("d");
    }
    this.doubt.setAttribute("d", doubtful);
  }

  reach(state) {
    if (!this.paths) return;
    for (const [region, path] of this.paths) {
      path.addEventListener("mouseenter", () => state.set({ hovered: region }));
      path.addEventListener("mouseleave", () => state.set({ hovered: null }));
      path.addEventListener("click", () => state.set({ region }));
    }
  }
}

/** An SVG path of rings; y runs down there. */
export function pathOfRings(rings, digits = 2) {
  const point = ([x, y]) => `${Number(x.toFixed(digits))} ${Number((-y).toFixed(digits))}`;
  return rings.map((ring) => `M${ring.slice(0, -1).map(point).join("L")}Z`).join("");
}
