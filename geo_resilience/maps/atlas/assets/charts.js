// Small charts as SVG, drawn from numbers; each says in words what it shows.

import { draw } from "./dom.js";
import { wantsWhite } from "./ground.js";

/** How wide a figure is written at most. */
const LETTER = 7;

/** Every how manieth year has room for its name, where each has a slot of its own; the last always does. */
function labeledEvery(years, slot) {
  const longest = Math.max(...years.map((year) => String(year).length));
  return Math.ceil((LETTER * longest + 6) / slot) || 1;
}

/** Regions in each class by year, as stacked bars; a bar is a button that goes to its year. */
export function stackedYears({ shares, colors, years, current, label, go, dress }) {
  const [width, height, base] = [288, 104, 86];
  const slot = width / years.length;
  const bar = Math.min(Math.max(slot - 6, 0.7 * slot), 40);
  const every = labeledEvery(years, slot);
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, class: "chart", role: "group", "aria-label": label });
  shares.forEach((counts, year) => {
    const total = counts.reduce((sum, count) => sum + count, 0) || 1;
    const group = draw("g", { class: year === current ? "bar current" : "bar", onclick: () => go(year) });
    const x = slot * (year + 0.5) - bar / 2;
    let y = base;
    counts.forEach((count, number) => {
      const size = (count / total) * base;
      y -= size;
      if (!count) return;
      const fill = colors[number] || "url(#hatch)";
      const piece = draw("rect", { x, y, width: bar, height: size, fill, class: "piece" });
      group.append(piece);
      if (year === current) group.append(...dress(piece, number, { x, y, width: bar, height: size }));
      if (size >= 12 && bar >= LETTER * String(count).length) {
        const tone = colors[number] ? (wantsWhite(colors[number]) ? "on-dark" : "on-light") : "on-none";
        const at = { x: x + bar / 2, y: y + size / 2 + 4, class: `figure ${tone}` };
        group.append(draw("text", at, String(count)));
      }
    });
    if ((years.length - 1 - year) % every === 0) group.append(draw("text", { x: x + bar / 2, y: height - 4, class: "tick" }, String(years[year])));
    if (year === current) group.append(draw("rect", { x, y: base + 1, width: bar, height: 3, class: "now" }));
    svg.append(group);
  });
  return svg;
}

/** Lines over the years: the first strong, the others quiet; ranks run downward from 1. */
export function trendChart({ lines, years, current, label, low, high, bands = [], band = null, ranks = false, told = String }) {
  const [width, height, left, right, top, bottom] = [288, 132, 30, 282, 8, 112];
  const x = (year) => left + ((right - left) * (year + 0.5)) / years.length;
  const share = (value) => (ranks ? high - value : value - low) / (high - low);
  const y = (value) => bottom - (bottom - top) * share(value);
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, class: "chart", role: "img", "aria-label": label });
  for (const { from, to, color } of bands) {
    const [upper, lower] = [y(Math.min(to, high)), y(Math.max(from, low))];
    if (lower <= upper) continue;
    svg.append(draw("rect", { x: left, y: upper, width: 4, height: lower - upper, fill: color }));
  }
  for (const tick of ranks ? rankTicks(high) : ticksOf(low, high)) {
    svg.append(
      draw("line", { x1: left, x2: right, y1: y(tick), y2: y(tick), class: "grid" }),
      draw("text", { x: left - 5, y: y(tick) + 4, class: "tick end" }, told(tick)),
    );
  }
  const every = labeledEvery(years, (right - left) / years.length);
  years.forEach((name, year) => {
    if ((years.length - 1 - year) % every) return;
    const kind = year === current ? "tick current" : "tick";
    svg.append(draw("text", { x: x(year), y: height - 4, class: kind }, String(name)));
  });
  if (band) svg.append(draw("path", { d: areaOf(band, x, y), class: "draws" }));
  lines.forEach(({ values, kind }) => {
    svg.append(draw("path", { d: pathOf(values, x, y), class: `line ${kind}` }));
    if (Number.isFinite(values[current]) && kind !== "mean") {
      svg.append(draw("circle", { cx: x(current), cy: y(values[current]), r: 4, class: `dot ${kind}` }));
    }
  });
  return svg;
}

/** The ground between a low and a high line, where both are known. */
function areaOf({ low, high }, x, y) {
  const known = low.map((_, year) => year).filter((year) => Number.isFinite(low[year]) && Number.isFinite(high[year]));
  if (!known.length) return "";
  const point = (year, values) => `${x(year).toFixed(1)} ${y(values[year]).toFixed(1)}`;
  const there = known.map((year) => point(year, high));
  const back = [...known].reverse().map((year) => point(year, low));
  return `M${[...there, ...back].join("L")}Z`;
}

/** The first and the last rank, and round ones between. */
function rankTicks(last) {
  const inner = ticksOf(1, last).filter((tick) => tick > 1 && tick < 0.93 * last && Number.isInteger(tick));
  return [1, ...inner, last];
}

function pathOf(values, x, y) {
  let path = "";
  values.forEach((value, year) => {
    if (!Number.isFinite(value)) return;
    const step = year && Number.isFinite(values[year - 1]) ? "L" : "M";
    path += `${step}${x(year).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  return path;
}

/** Three to five round ticks between two numbers. */
export function ticksOf(low, high) {
  const raw = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw);
  const ticks = [];
  for (let count = Math.ceil(low / step - 1e-9); count * step <= high + 1e-9 * step; count++) {
    ticks.push(Number((count * step).toPrecision(12)));
  }
  return ticks;
}

/** A bar from 0 to 1 with the mean of all as a tick. */
export function shareBar(share, mean, color) {
  const svg = draw("svg", { viewBox: "0 0 100 8", class: "share", preserveAspectRatio: "none", "aria-hidden": "true" });
  const held = Math.min(Math.max(share, 0), 1) * 100;
  svg.append(draw("rect", { x: 0, y: 0, width: 100, height: 8, class: "rail" }));
  if (Number.isFinite(share)) svg.append(draw("rect", { x: 0, y: 0, width: held, height: 8, fill: color }));
  if (Number.isFinite(mean)) svg.append(draw("rect", { x: mean * 100 - 0.6, y: 0, width: 1.2, height: 8, class: "mean" }));
  return svg;
}
