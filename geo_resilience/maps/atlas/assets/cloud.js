// Points of regions in a plane: Moran's scatter, or any layer against another.

import { brushChart } from "./brush.js";
import { ticksOf } from "./charts.js";
import { draw } from "./dom.js";

const [WIDTH, HEIGHT, EDGE] = [288, 216, 26];

/** Up to so many regions each point is an element of its own that answers to the pointer. */
const MOST_POINTS = 600;

/** Regions at (z, lag) between bounds, with lines through the middle; a rectangle picks regions. */
export function cloud(study, wording, state, layer, points, { low, high, middle, line = null, label, names, ticked = null, told = String }) {
  const [left, top] = ticked ? [EDGE, EDGE] : [EDGE + 12, 8];
  const x = (value) => left + ((value - low[0]) / (high[0] - low[0])) * (WIDTH - left - EDGE);
  const y = (value) => HEIGHT - EDGE - ((value - low[1]) / (high[1] - low[1])) * (HEIGHT - EDGE - top);
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart scatter", role: "img", "aria-label": label });
  svg.append(
    draw("line", { x1: left, x2: WIDTH - EDGE, y1: y(middle[1]), y2: y(middle[1]), class: "grid" }),
    draw("line", { x1: x(middle[0]), x2: x(middle[0]), y1: top, y2: HEIGHT - EDGE, class: "grid" }),
    draw("text", { x: WIDTH / 2, y: HEIGHT - 3, class: "tick" }, names[0]),
    draw("text", { x: 10, y: HEIGHT / 2, class: "tick", transform: `rotate(-90 10 ${HEIGHT / 2})` }, names[1]),
  );
  if (line) svg.append(draw("path", { d: `M${line.map(([a, b]) => `${x(a)} ${y(b)}`).join("L")}`, class: "line mean" }));
  const write = (at, tick, kind) => svg.append(draw("text", { ...at, class: kind }, told(tick).replace("-", "\u2212")));
  for (const tick of ticksOf(low[0], high[0])) if (!ticked || ticked(tick)) write({ x: x(tick), y: ticked ? y(middle[1]) + 13 : HEIGHT - EDGE + 11 }, tick, "tick");
  if (!ticked) for (const tick of ticksOf(low[1], high[1])) write({ x: left - 3, y: y(tick) + 4 }, tick, "tick end");
  svg.append(dots(study, wording, state, layer, points, x, y));
  const box = draw("rect", { class: "brush", width: 0, height: 0 });
  svg.append(box);
  brushChart(svg, box, WIDTH, state, ([left, top, right, bottom]) =>
    points.filter(({ z, lag }) => x(z) >= left && x(z) <= right && y(lag) >= top && y(lag) <= bottom).map(({ region }) => region),
  );
  return svg;
}

function dots(study, wording, state, layer, points, x, y) {
  const group = draw("g", {});
  const fill = (region) => study.color(layer, region, state) || "var(--nodata-line)";
  const picked = (region) => !state.brushed || state.brushed.has(region);
  if (points.length > MOST_POINTS) {
    const paths = new Map();
    for (const { region, z, lag } of points) {
      const key = `${fill(region)} ${picked(region) ? "" : "faint"}`;
      paths.set(key, `${paths.get(key) || ""}M${(x(z) - 1).toFixed(1)} ${(y(lag) - 1).toFixed(1)}h2v2h-2z`);
    }
    for (const [key, d] of paths) group.append(draw("path", { d, fill: key.split(" ")[0], class: `many ${key.split(" ")[1]}` }));
    return group;
  }
  for (const { region, z, lag } of points) {
    const kind = `point${picked(region) ? "" : " faint"}${state.region === region ? " on" : ""}`;
    const dot = draw("circle", { cx: x(z), cy: y(lag), r: 4, fill: fill(region), class: kind, "data-region": region });
    dot.append(draw("title", {}, wording.pick(study.names)[region]));
    dot.addEventListener("mouseenter", () => state.set({ hovered: region }));
    dot.addEventListener("mouseleave", () => state.set({ hovered: null }));
    dot.addEventListener("click", () => state.set({ region }));
    group.append(dot);
  }
  return group;
}
