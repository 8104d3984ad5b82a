// How the values of what is shown are spread, and how they go with those of another layer.

import { brushChart, pickable } from "./brush.js";
import { ticksOf } from "./charts.js";
import { cloud } from "./cloud.js";
import { draw, make } from "./dom.js";
import { quadrantButtons } from "./moran.js";
import { classOfValue } from "./study.js";
import { layerName, valueText } from "./tooltip.js";

const [WIDTH, HEIGHT, LEFT, BASE] = [288, 96, 4, 78];

/** So many bars at most. */
const MOST_BARS = 16;

/** The layer itself, or the index where it is a category. */
export const numbered = (study, layer) => (layer.kind === "categories" ? study.layerById.get(study.main) : layer);

/** Bars of equal width between the least and the greatest value, each with its regions. */
export function binned(study, layer, state) {
  const known = study.ranked(layer, state);
  if (known.length < 2) return [];
  const [low, high] = [known.at(-1).value, known[0].value];
  if (!(high > low)) return [];
  const count = Math.min(MOST_BARS, Math.max(4, Math.ceil(2 * Math.sqrt(known.length))));
  const bins = Array.from({ length: count }, (_, place) => ({ from: low + (place * (high - low)) / count, to: low + ((place + 1) * (high - low)) / count, members: [] }));
  for (const { region, value } of known) bins[Math.min(Math.floor(((value - low) / (high - low)) * count), count - 1)].members.push(region);
  return bins;
}

/** Bars as buttons in the colors of the classes; what is picked stands out of them. */
export function distribution(study, wording, state, layer) {
  const bins = binned(study, layer, state);
  if (!bins.length) return [make("p", { class: "muted" }, wording.say("no_spread"))];
  const most = Math.max(...bins.map(({ members }) => members.length));
  const slot = (WIDTH - 2 * LEFT) / bins.length;
  const high = (count) => (count / most) * (BASE - 6);
  const told = (value) => valueText(wording, layer, value);
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart histogram", role: "group", "aria-label": wording.say("spread_label", { low: told(bins[0].from), high: told(bins.at(-1).to) }) });
  bins.forEach(({ from, to, members }, place) => {
    if (!members.length) return;
    const color = layer.cuts ? layer.colors[classOfValue((from + to) / 2, layer.cuts)] : "var(--accent)";
    const held = state.brushed ? members.filter((region) => state.brushed.has(region)).length : members.length;
    const bar = (count, kind) => draw("rect", { x: LEFT + place * slot + 0.5, y: BASE - high(count), width: slot - 1, height: high(count), fill: color, class: kind });
    const group = draw("g", { class: "pick", "data-pick": `bin-${place}` }, draw("rect", { x: LEFT + place * slot, y: 0, width: slot, height: BASE, fill: "transparent" }), bar(members.length, state.brushed ? "piece faint" : "piece"), ...(state.brushed && held ? [bar(held, "piece")] : []));
    pickable(group, state, wording.say("in_class", { label: wording.say("between", { low: told(from), high: told(to) }), count: members.length }), members);
    svg.append(group);
  });
  const [low, top] = [bins[0].from, bins.at(-1).to];
  for (const tick of ticksOf(low, top)) svg.append(draw("text", { x: LEFT + ((tick - low) / (top - low)) * (WIDTH - 2 * LEFT), y: HEIGHT - 4, class: "tick" }, wording.cut(tick)));
  const box = draw("rect", { class: "brush", width: 0, height: 0 });
  svg.append(box);
  brushChart(svg, box, WIDTH, state, ([left, , right]) => {
    const at = (value) => LEFT + ((value - low) / (top - low)) * (WIDTH - 2 * LEFT);
    return study.ranked(layer, state).filter(({ value }) => at(value) >= left && at(value) <= right).map(({ region }) => region);
  });
  return [svg];
}

/** Layers of numbers that another can be set against. */
const candidates = (study, layer) => study.layers.filter((each) => each !== layer && each.id !== layer.id && each.kind === "classes");

/** What is shown against another layer, with how they go together. */
export function againstPart(study, wording, state, layer) {
  const others = candidates(study, layer);
  const other = others.find(({ id }) => id === state.against) || others.find(({ column }) => column !== layer.column);
  if (!other) return [];
  const select = make("select", { class: "quiet whole", id: "against", "aria-label": wording.say("against") });
  for (const each of others) select.append(make("option", { value: each.id, selected: each === other }, layerName(study, wording, state, each)));
  select.addEventListener("change", () => {
    state.set({ against: select.value });
    document.getElementById("against").focus();
  });
  const points = study.regions
    .map((region) => ({ region, x: study.value(other, region, state), y: study.value(layer, region, state) }))
    .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  if (points.length < 3) return [select, make("p", { class: "muted" }, wording.say("no_spread"))];
  const [across, up] = ["x", "y"].map((axis) => axisOf(points.map((point) => point[axis])));
  const placed = points.map(({ region, x, y }) => ({ region, z: x, lag: y }));
  const r = correlation(points);
  const names = [other, layer].map((each) => layerName(study, wording, state, each));
  const label = wording.say("against_label", { one: names[0], two: names[1], r: wording.number(r, 2), count: points.length });
  const chart = cloud(study, wording, state, layer, placed, { low: [across.low, up.low], high: [across.high, up.high], middle: [across.mean, up.mean], label, names: names.map((name) => (name.length > 40 ? `${name.slice(0, 39)}…` : name)), told: (tick) => wording.cut(tick) });
  const centered = placed.map(({ region, z, lag }) => ({ region, z: z - across.mean, lag: lag - up.mean }));
  return [select, make("p", { class: "muted" }, label), chart, quadrantButtons(wording, state, centered, "means")];
}

function axisOf(values) {
  const [least, most] = values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
  const margin = 0.05 * (most - least) || 1;
  return { low: least - margin, high: most + margin, mean: values.reduce((sum, value) => sum + value / values.length, 0) };
}

/** Pearson's correlation. */
export function correlation(points) {
  const mean = (axis) => points.reduce((sum, point) => sum + point[axis] / points.length, 0);
  const [x, y] = [mean("x"), mean("y")];
  const product = (one, two) => points.reduce((sum, point) => sum + one(point) * two(point), 0);
  const [dx, dy] = [(point) => point.x - x, (point) => point.y - y];
  return product(dx, dy) / Math.sqrt(product(dx, dx) * product(dy, dy));
}
