// How each region grew: a line a region since the first year of the change, those picked in front.

import { ticksOf } from "./charts.js";
import { draw, make } from "./dom.js";
import { valueText } from "./tooltip.js";

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [288, 180, 34, 282, 8, 160];

/** Growth of a layer since the base year by region and year: a share of it where amounts grow, else the difference. */
export function growthOf(study, layer, state) {
  const isShare = layer.group === "raw" && !(layer.measure === "share") && !study.original(layer.column).some((value) => value < 0);
  const of = (region) => {
    const first = study.at(layer.column, region, state.base);
    return study.years.map((_, year) => {
      const value = study.at(layer.column, region, year);
      return isShare ? (first > 0 ? value / first - 1 : NaN) : value - first;
    });
  };
  const lines = study.regions.map((region) => ({ region, values: of(region) })).filter(({ values }) => values.filter(Number.isFinite).length > 1);
  return { isShare, lines };
}

/** The chart: arrows go from line to line in the order of the year that is shown, Enter picks. */
export function growthPart(study, wording, state, layer, choose) {
  const { isShare, lines } = growthOf(study, layer, state);
  if (lines.length < 2) return [make("p", { class: "muted" }, wording.say("no_spread"))];
  const all = lines.flatMap(({ values }) => values.filter(Number.isFinite));
  const [least, most] = all.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [0, 0]);
  const margin = 0.05 * (most - least) || 0.05;
  const x = (year) => LEFT + ((RIGHT - LEFT) * (year + 0.5)) / study.years.length;
  const y = (value) => BOTTOM - ((BOTTOM - TOP) * (value - least + margin)) / (most - least + 2 * margin);
  const told = (value) => (isShare ? wording.say("share_text", { value: wording.number(100 * value, 0, true) }) : valueText(wording, { ...layer, kind: "change" }, value));
  const names = wording.pick(study.names);
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart growth", role: "application", tabindex: 0, "data-pick": "growth", "aria-label": wording.say("growth_label", { count: lines.length, year: study.yearName(state.base) }) });
  for (const tick of ticksOf(least - margin, most + margin)) {
    const text = isShare ? wording.say("share_text", { value: wording.cut(100 * tick) }) : wording.cut(tick);
    svg.append(draw("line", { x1: LEFT, x2: RIGHT, y1: y(tick), y2: y(tick), class: tick ? "grid" : "grid zero" }), draw("text", { x: LEFT - 4, y: y(tick) + 4, class: "tick end" }, text));
  }
  const every = Math.ceil((38 * study.years.length) / (RIGHT - LEFT));
  study.years.forEach((name, year) => (study.years.length - 1 - year) % every || svg.append(draw("text", { x: x(year), y: HEIGHT - 6, class: year === state.year ? "tick current" : "tick" }, String(name))));
  const front = (region) => region === state.region || Boolean(state.brushed && state.brushed.has(region));
  const pathOf = ({ values }) => values.map((value, year) => (Number.isFinite(value) ? `${year && Number.isFinite(values[year - 1]) ? "L" : "M"}${x(year).toFixed(1)} ${y(value).toFixed(1)}` : "")).join("");
  svg.append(draw("path", { class: "line quiet", d: lines.filter(({ region }) => !front(region)).map(pathOf).join("") }));
  for (const line of lines.filter(({ region }) => front(region))) svg.append(draw("path", { class: line.region === state.region ? "line first" : "line held", d: pathOf(line), "data-line": line.region }));
  const now = draw("path", { class: "line now-line" });
  const said = make("p", { class: "muted growth-said", "aria-live": "polite" }, wording.say("growth_keys"));
  svg.append(now);
  const byRegion = new Map(lines.map((line) => [line.region, line]));
  svg.follow = (region) => {
    const line = byRegion.get(region);
    now.setAttribute("d", line ? pathOf(line) : "");
    said.textContent = line ? wording.say("name_value", { name: names[region], value: told(line.values[state.year]) }) : wording.say("growth_keys");
  };
  const order = [...lines].filter(({ values }) => Number.isFinite(values[state.year])).sort((a, b) => b.values[state.year] - a.values[state.year]);
  const nearest = (event) => {
    const box = svg.getBoundingClientRect();
    const [px, py] = [((event.clientX - box.left) * WIDTH) / box.width, ((event.clientY - box.top) * WIDTH) / box.width];
    const year = Math.min(Math.max(Math.round(((px - LEFT) * study.years.length) / (RIGHT - LEFT) - 0.5), 0), study.years.length - 1);
    let [found, away] = [null, 14];
    for (const { region, values } of lines) {
      const far = Math.abs(y(values[year]) - py);
      if (far < away) [found, away] = [region, far];
    }
    return found;
  };
  svg.addEventListener("pointermove", (event) => state.set({ hovered: nearest(event) }));
  svg.addEventListener("pointerleave", () => state.set({ hovered: null }));
  svg.addEventListener("click", (event) => nearest(event) !== null && choose(nearest(event)));
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = order.findIndex(({ region }) => region === state.hovered);
    if (step) state.set({ hovered: order[at < 0 ? 0 : Math.min(Math.max(at + step, 0), order.length - 1)].region });
    else if ((event.key === "Enter" || event.key === " ") && at >= 0) choose(state.hovered);
    else return;
    event.preventDefault();
  });
  return [svg, said];
}
