// Parts that would shrink the map, drawn apart at a smaller scale in a corner.

import { ringOf, STROKES } from "./codec.js";
import { draw, make } from "./dom.js";
import { lengthText, roundLength } from "./furniture.js";

export class Inset {
  constructor(node, study, wording) {
    Object.assign(this, { node, study, wording });
    const bounds = study.ground.inset;
    node.hidden = !bounds;
    if (!bounds) return;
    const [west, south, east, north] = bounds;
    const margin = 0.05 * Math.max(east - west, north - south);
    const [width, height] = [east - west + 2 * margin, north - south + 2 * margin];
    const [left, low] = [west - margin, margin - south];
    this.scale = insetScale(study, width);
    const box = { viewBox: `${left} ${-north - margin} ${width} ${height + margin}` };
    this.svg = draw("svg", { ...box, role: "presentation" });
    this.paths = new Map();
    for (const region of [...study.areas, ...study.regions]) {
      const near = study.shapes[region].flat().filter((ring) => study.touches(ring, [west - margin, south - margin, east + margin, north + margin]));
      if (!near.length) continue;
      const look = { "fill-rule": "evenodd", fill: "url(#hatch)" };
      const path = draw("path", { d: pathOfRings(near.map((ring) => ringOf(study.arcs, ring))), ...look });
      if (region < study.size) this.paths.set(region, path);
      this.svg.append(path);
    }
    for (const { style, line } of study.lines) {
      this.svg.append(draw("path", { d: pathOfLine(line), class: "base-line", fill: "none", "stroke-dasharray": STROKES[style] }));
    }
    const [at, long] = [0.4 * margin, this.scale.share * width];
    this.svg.append(draw("path", { d: `M${left + margin} ${low}v${at}h${long}v${-at}`, class: "inset-scale" }));
    this.doubt = draw("path", { fill: "url(#doubt)", class: "doubt" });
    this.svg.append(this.doubt);
    this.foot = make("p", { class: "inset-foot" });
    node.append(this.svg, this.foot);
  }

  /** Scale and caption, below the parts. */
  write() {
    if (!this.foot) return;
    const { study, wording, scale } = this;
    const told = [lengthText(wording, scale.length), wording.pick(study.ground.caption)];
    this.foot.replaceChildren(...told.map((text) => make("span", {}, text)));
  }

  paint(layer, state) {
    if (!this.paths) return;
    const { study } = this;
    const land = study.isCircled(layer, state) && "var(--land)";
    let doubtful = "";
    for (const [region, path] of this.paths) {
      const color = study.color(layer, region, state);
      path.setAttribute("fill", (color && (land || color)) || "url(#hatch)");
      path.classList.toggle("faded", Boolean(state.brushed) && !state.brushed.has(region));
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

/** A round length, and its share of a width in map units. */
export function insetScale({ ground: { kilometers } }, width) {
  const length = roundLength(0.4 * width * kilometers);
  return { length, share: length / kilometers / width };
}

/** An SVG path of a line, every point of it; y runs down there. */
export const pathOfLine = (line) => `M${line.map(([x, y]) => `${x} ${-y}`).join("L")}`;

/** An SVG path of rings; y runs down there. */
export function pathOfRings(rings, digits = 2) {
  const point = ([x, y]) => `${Number(x.toFixed(digits))} ${Number((-y).toFixed(digits))}`;
  return rings.map((ring) => `M${ring.slice(0, -1).map(point).join("L")}Z`).join("");
}
