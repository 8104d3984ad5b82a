// The profile of a region as a radar: its scores against its zone, the nation and a second region.

import { draw } from "./dom.js";

const [RADAR_WIDTH, RADAR_HEIGHT, RADIUS] = [288, 214, 84];

/** Axes run from 0 in the middle to 1 at the rim; the first comes on top, the others clockwise. */
export function radarChart({ axes, shapes, label }) {
  const svg = draw("svg", { viewBox: `0 0 ${RADAR_WIDTH} ${RADAR_HEIGHT}`, class: "chart radar", role: "img", "aria-label": label });
  const point = (axis, share) => {
    const angle = (2 * Math.PI * axis) / axes.length - Math.PI / 2;
    return [RADAR_WIDTH / 2 + share * RADIUS * Math.cos(angle), RADAR_HEIGHT / 2 + share * RADIUS * Math.sin(angle)];
  };
  const ring = (share) => `M${axes.map((_, axis) => written(point(axis, share))).join("L")}Z`;
  for (const share of [0.25, 0.5, 0.75, 1]) svg.append(draw("path", { d: ring(share), class: "grid web" }));
  axes.forEach(({ code, name }, axis) => {
    const [x, y] = point(axis, 1.13);
    svg.append(draw("path", { d: `M${written(point(axis, 0))}L${written(point(axis, 1))}`, class: "grid" }));
    const text = draw("text", { x, y: y + 4, class: "tick" }, code);
    text.append(draw("title", {}, name));
    svg.append(text);
  });
  for (const { values, kind } of shapes) {
    const known = values.map((value, axis) => [axis, value]).filter(([, value]) => Number.isFinite(value));
    if (known.length < 3) continue;
    const d = `M${known.map(([axis, value]) => written(point(axis, Math.min(Math.max(value, 0), 1)))).join("L")}Z`;
    svg.append(draw("path", { d, class: `line ${kind} closed` }));
  }
  return svg;
}

const written = ([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`;
