// What a region is made of: a row an indicator, its dot beside those of its zone, the mean and a second region.

import { draw, make } from "./dom.js";

/** More rows than these no one reads: of more, those farthest from the mean are shown. */
const MOST_ROWS = 40;

/** Rows of names and numbers over a line from 0 to 1; `shapes` hold a kind and a value a row, the region's own last. */
export function dotPlot(wording, { axes, shapes }) {
  const own = shapes.at(-1).values;
  const far = (row) => Math.abs(own[row] - shapes[0].values[row]) || 0;
  let rows = axes.map((_, row) => row);
  if (rows.length > MOST_ROWS) rows = rows.sort((a, b) => far(b) - far(a)).slice(0, MOST_ROWS);
  const list = rows.map((row) => {
    const told = shapes.map(({ name, values }) => `${name} ${wording.number(values[row], 2)}`).reverse();
    const spoken = wording.say("sentence_named", { name: axes[row].name, text: wording.list(told) });
    const value = make("span", { class: "value" }, wording.number(own[row], 2));
    return make("li", {}, make("span", { class: "label" }, axes[row].name, ...axes[row].marks), value, track(shapes, row, spoken));
  });
  const rest = axes.length - rows.length;
  return [make("ul", { class: "dots" }, ...list), ...(rest ? [make("p", { class: "muted" }, wording.say("dots_left", { count: rest }))] : [])];
}

/** The line of one row: a tick for the mean, a diamond for the zone, a ring for the second, a dot for the region. */
function track(shapes, row, label) {
  const svg = draw("svg", { viewBox: "0 0 200 14", class: "track-line", role: "img", "aria-label": label });
  const x = (value) => 6 + 188 * Math.min(Math.max(value, 0), 1);
  svg.append(draw("path", { d: "M6 7H194M6 4v6M100 5v4M194 4v6", class: "grid" }));
  for (const { kind, values } of shapes) {
    const at = x(values[row]);
    if (!Number.isFinite(values[row])) continue;
    if (kind === "mean") svg.append(draw("path", { d: `M${at} 1v12`, class: "mean" }));
    else if (kind === "zone") svg.append(draw("path", { d: `M${at} 2l5 5-5 5-5-5Z`, class: "line zone" }));
    else if (kind === "like") svg.append(draw("path", { d: `M${at} 2l5 9h-10Z`, class: "dot like" }));
    else if (kind === "best") svg.append(draw("path", { d: `M${at - 4} 3h8v8h-8Z`, class: "dot best" }));
    else svg.append(draw("circle", { cx: at, cy: 7, r: kind === "first" ? 5 : 4, class: `dot ${kind}` }));
  }
  return svg;
}
