// Moran's scatter: each region against its neighbors, in standard deviations from the mean.

import { ticksOf } from "./charts.js";
import { draw, make } from "./dom.js";

const [PLOT_WIDTH, PLOT_HEIGHT, EDGE] = [288, 216, 26];

/** Up to so many regions each point is an element of its own that answers to the pointer. */
const MOST_POINTS = 600;

export const QUADRANTS = ["high-high", "low-high", "low-low", "high-low"];

/** Standardized values and their spatial lags, of regions that have both. */
export function standardized(study, column, year) {
  const known = study.regions.filter((region) => Number.isFinite(study.at(column, region, year)));
  const mean = known.reduce((sum, region) => sum + study.at(column, region, year), 0) / known.length;
  const square = known.reduce((sum, region) => sum + (study.at(column, region, year) - mean) ** 2, 0);
  const deviation = Math.sqrt(square / known.length);
  if (!(deviation > 0)) return [];
  const z = (region) => (study.at(column, region, year) - mean) / deviation;
  return known.flatMap((region) => {
    const links = study.neighbors[region].filter((link) => Number.isFinite(z(link.region)));
    if (!links.length) return [];
    const lag = links.reduce((sum, link) => sum + link.weight * z(link.region), 0);
    return [{ region, z: z(region), lag }];
  });
}

/** Slope of lags on values, which is Moran's I where every region has neighbors. */
export function slopeOf(points) {
  const top = points.reduce((sum, { z, lag }) => sum + z * lag, 0);
  return top / points.reduce((sum, { z }) => sum + z * z, 0);
}

export function quadrantOf({ z, lag }) {
  if (lag >= 0) return z >= 0 ? "high-high" : "low-high";
  return z >= 0 ? "high-low" : "low-low";
}

/** The scatter with its slope; a rectangle drawn with the pointer picks regions. */
export function scatter(study, wording, state, layer, points) {
  const most = 1.08 * points.reduce((most, { z, lag }) => Math.max(most, Math.abs(z), Math.abs(lag)), 0);
  const x = (value) => PLOT_WIDTH / 2 + (value / most) * (PLOT_WIDTH / 2 - EDGE);
  const y = (value) => PLOT_HEIGHT / 2 - (value / most) * (PLOT_HEIGHT / 2 - EDGE);
  const slope = slopeOf(points);
  const label = wording.say("scatter_label", { value: wording.number(slope, 3), count: points.length });
  const svg = draw("svg", { viewBox: `0 0 ${PLOT_WIDTH} ${PLOT_HEIGHT}`, class: "chart scatter", role: "img", "aria-label": label });
  svg.append(
    draw("line", { x1: EDGE, x2: PLOT_WIDTH - EDGE, y1: y(0), y2: y(0), class: "grid" }),
    draw("line", { x1: x(0), x2: x(0), y1: EDGE, y2: PLOT_HEIGHT - EDGE, class: "grid" }),
    draw("path", { d: `M${x(-most)} ${y(-most * slope)}L${x(most)} ${y(most * slope)}`, class: "line mean" }),
    draw("text", { x: PLOT_WIDTH / 2, y: PLOT_HEIGHT - 4, class: "tick" }, wording.say("scatter_x")),
    draw("text", { x: 12, y: PLOT_HEIGHT / 2, class: "tick", transform: `rotate(-90 12 ${PLOT_HEIGHT / 2})` }, wording.say("scatter_y")),
  );
  for (const tick of ticksOf(-most, most).filter(Number.isInteger)) {
    if (!tick) continue;
    svg.append(draw("text", { x: x(tick), y: y(0) + 13, class: "tick" }, String(tick).replace("-", "\u2212")));
  }
  svg.append(dots(study, wording, state, layer, points, x, y));
  brush(svg, points, x, y, state);
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

/** Drawing a rectangle picks the regions inside; a click on the empty ground lets them go. */
function brush(svg, points, x, y, state) {
  let start = null;
  const box = draw("rect", { class: "brush", width: 0, height: 0 });
  svg.append(box);
  const place = (event) => {
    const { left, top, width } = svg.getBoundingClientRect();
    return [((event.clientX - left) * PLOT_WIDTH) / width, ((event.clientY - top) * PLOT_WIDTH) / width];
  };
  const held = (event) => {
    const [a, b] = [start, place(event)];
    return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])];
  };
  svg.addEventListener("pointerdown", (event) => {
    if (event.target.matches(".point")) return;
    start = place(event);
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!start) return;
    const [left, top, right, bottom] = held(event);
    for (const [name, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top })) {
      box.setAttribute(name, value);
    }
  });
  svg.addEventListener("pointerup", (event) => {
    if (!start) return;
    const [left, top, right, bottom] = held(event);
    start = null;
    const inside = points.filter(({ z, lag }) => x(z) >= left && x(z) <= right && y(lag) >= top && y(lag) <= bottom);
    const picked = right - left > 3 && inside.length ? new Set(inside.map(({ region }) => region)) : null;
    state.set({ brushed: picked });
    if (!picked) for (const name of ["width", "height"]) box.setAttribute(name, 0);
  });
}

/** A button for each quadrant: picking by keyboard, and how many lie there. */
export function quadrantButtons(wording, state, points) {
  const of = (name) => points.filter((point) => quadrantOf(point) === name).map(({ region }) => region);
  const buttons = QUADRANTS.map((name) => {
    const members = of(name);
    const isOn = Boolean(state.brushed) && state.brushed.size === members.length && members.every((region) => state.brushed.has(region));
    const text = wording.say("quadrant", { name: wording.say(`quadrant_${name}`), count: members.length });
    const button = make("button", { type: "button", class: "pill", "aria-pressed": String(isOn), disabled: !members.length }, text);
    button.addEventListener("click", () => state.set({ brushed: isOn ? null : new Set(members) }));
    return button;
  });
  return make("div", { class: "pills" }, ...buttons);
}
