// The present view as one picture: SVG put together from the study, not from the screen.

import { bordersOf, ringOf } from "./codec.js";
import { draw } from "./dom.js";
import { classLabels } from "./legend.js";
import { coverage, placed } from "./placing.js";
import { sentence } from "./sentence.js";
import { layerName } from "./tooltip.js";

const [WIDTH, HEIGHT, TOP, BOTTOM, MARGIN] = [1200, 860, 84, 796, 24];

export function pictureOf(study, wording, state, style) {
  const layer = study.layerById.get(state.layer);
  const svg = draw("svg", { xmlns: "http://www.w3.org/2000/svg", width: WIDTH, height: HEIGHT });
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("font-family", style("font-family"));
  const text = (x, y, size, words, more = {}) =>
    draw("text", { x, y, "font-size": size, fill: style("--ink"), ...more }, words);
  svg.append(hatching(style), draw("rect", { width: WIDTH, height: HEIGHT, fill: style("--page") }));
  svg.append(text(MARGIN, 40, 24, clipped(wording.pick(study.title), 90), { "font-weight": 650 }));
  svg.append(text(MARGIN, 66, 15, clipped(sentence(study, wording, state), 150), { fill: style("--muted") }));
  const rows = legendRows(study, wording, state, layer);
  const size = { stage: [WIDTH - 2 * MARGIN, BOTTOM - TOP], legend: [260, 22 * rows.length + 40] };
  const { corners } = study.ground;
  const { corner, box } = placed(coverage(study), { ...size, inset: study.ground.inset && [142, 202], corners, margin: 4 });
  const room = [MARGIN + box[0], TOP + box[1], MARGIN + box[2], TOP + box[3]];
  svg.append(ground(study, state, layer, style, room));
  svg.append(legend(rows, wording.withUnit(layerName(study, wording, state, layer), layer.unit), corner, style, text));
  const source = wording.pick(study.source);
  const lines = [source && wording.say("source_line", { text: source }), wording.pick(study.notes)[0] || ""];
  lines.forEach((line, place) => {
    svg.append(text(MARGIN, HEIGHT - 34 + 18 * place, 12, clipped(line, 190), { fill: style("--muted") }));
  });
  return new XMLSerializer().serializeToString(svg);
}

const clipped = (words, most) => (words.length > most ? `${words.slice(0, most)}…` : words);

function hatching(style) {
  const size = { width: 6, height: 6 };
  const pattern = draw("pattern", { id: "hatch", ...size, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  pattern.append(draw("rect", { ...size, fill: style("--nodata") }));
  pattern.append(draw("path", { d: "M0 0V6", stroke: style("--nodata-line"), "stroke-width": 2 }));
  return draw("defs", {}, pattern);
}

/** Regions, the inset and the outlines that are switched on. */
function ground(study, state, layer, style, room) {
  const all = draw("g", { "stroke-linejoin": "round" });
  const fit = fitted(study.ground.frame, room);
  const fill = (region) => study.color(layer, region, state) || "url(#hatch)";
  const rings = (region) => study.shapes[region].flat().map((numbers) => ringOf(study.arcs, numbers));
  const place = (group, project, inside, edge) => {
    for (const region of study.regions) {
      const kept = rings(region).filter((ring) => ring.some(inside));
      if (!kept.length) continue;
      const d = kept.map((ring) => `M${ring.map(project).join("L")}Z`).join("");
      group.append(draw("path", { d, fill: fill(region), stroke: edge, "stroke-width": 0.8, "fill-rule": "evenodd" }));
    }
  };
  const within = ([west, south, east, north]) => ([x, y]) => x >= west && x <= east && y >= south && y <= north;
  place(all, fit, within(study.ground.frame), style("--page"));
  for (const outline of study.outlines.filter(({ id }) => state.outlines.has(id))) {
    for (const { members } of outline.groups) {
      const d = bordersOf(study, members).map((line) => `M${line.map(fit).join("L")}`).join("");
      all.append(draw("path", { d, fill: "none", stroke: style("--mark"), "stroke-width": 1.6 }));
    }
  }
  if (study.ground.inset) {
    const left = study.ground.corners.inset === "sw" ? MARGIN : WIDTH - MARGIN - 130;
    const box = [left, BOTTOM - 190, left + 130, BOTTOM];
    const frame = { x: box[0] - 6, y: box[1] - 6, width: 142, height: 202, fill: "none", stroke: style("--line") };
    const inset = draw("g", {}, draw("rect", frame));
    place(inset, fitted(study.ground.inset, box), within(study.ground.inset), style("--muted"));
    all.append(inset);
  }
  return all;
}

/** From map units to a box of the picture, as large as fits, in its middle. */
function fitted([west, south, east, north], [left, top, right, bottom]) {
  const scale = Math.min((right - left) / (east - west), (bottom - top) / (north - south));
  const x0 = (left + right - scale * (east - west)) / 2;
  const y0 = (top + bottom + scale * (north - south)) / 2;
  return ([x, y]) => `${(x0 + scale * (x - west)).toFixed(1)} ${(y0 - scale * (y - south)).toFixed(1)}`;
}

/** Color, label and count of every class, as the legend lists them. */
function legendRows(study, wording, state, layer) {
  const counts = study.counts(layer, state);
  const rows = classLabels(wording, layer).map((label, number) => [layer.colors[number], label, counts[number]]);
  if (layer.ordered) rows.reverse();
  if (counts[layer.colors.length]) rows.push(["url(#hatch)", wording.say("no_data"), counts[layer.colors.length]]);
  return layer.kind === "certainty" ? rows.filter(([, , count]) => count) : rows;
}

function legend(rows, head, corner, style, text) {
  const x = corner[1] === "w" ? MARGIN : WIDTH - 260;
  const y = corner[0] === "s" ? BOTTOM - 22 * rows.length - 14 : TOP + 30;
  const group = draw("g", {}, text(x, y - 12, 14, clipped(head, 40), { "font-weight": 650 }));
  rows.forEach(([fill, label, count], place) => {
    group.append(draw("rect", { x, y: y + 22 * place, width: 15, height: 15, rx: 3, fill }));
    group.append(text(x + 23, y + 12 + 22 * place, 14, clipped(label, 30)));
    group.append(text(x + 232, y + 12 + 22 * place, 14, String(count), { fill: style("--muted"), "text-anchor": "end" }));
  });
  return group;
}
