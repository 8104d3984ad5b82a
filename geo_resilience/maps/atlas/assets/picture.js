// The present view as one picture: SVG put together from the study, not from the screen.

import { ringOf, STROKES } from "./codec.js";
import { draw } from "./dom.js";
import { classLabels, doubts } from "./legend.js";
import { marked } from "./marks.js";
import { clipped, DASHED, Overlays } from "./overlays.js";
import { lengthText } from "./furniture.js";
import { insetScale } from "./inset.js";
import { coverage, placed } from "./placing.js";
import { folded } from "./remarks.js";
import { weightsTold } from "./scenario.js";
import { sentence } from "./sentence.js";
import { roledName, layerName } from "./tooltip.js";

const [WIDTH, HEIGHT, TOP, BOTTOM, MARGIN] = [1200, 860, 84, 796, 24];

/** So many letters a line below the map, Chinese ones counted twice. */
const FOLD = 184;

/** The picture as text that stands alone. */
export function pictureOf(study, wording, state, style) {
  return new XMLSerializer().serializeToString(drawPicture(study, wording, state, style));
}

/** The picture as an element; on paper without halos, which would put each letter there twice. */
export function drawPicture(study, wording, state, style, isPaper = false) {
  const layer = study.layerOf(state);
  const tried = study.isTried(layer);
  const note = tried ? folded(wording.say("scenario_note", { weights: weightsTold(study, wording, state) }), FOLD, 3) : [];
  const form = state.form ? folded(wording.pick(study.ground.forms[state.form].said), FOLD, Infinity) : [];
  const said = [...note, ...form, ...wording.pick(study.base.saved).flatMap((told) => folded(told, FOLD, Infinity))];
  const high = HEIGHT + 17 * said.length;
  const svg = draw("svg", { xmlns: "http://www.w3.org/2000/svg", width: WIDTH, height: high });
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${high}`);
  svg.setAttribute("font-family", style("font-family"));
  const text = (x, y, size, words, more = {}) =>
    draw("text", { x, y, "font-size": size, fill: style("--ink"), ...more }, words);
  svg.append(draw("rect", { width: WIDTH, height: high, fill: style("--page") }));
  const title = wording.pick(study.title);
  svg.append(text(MARGIN, 40, 24, clipped(tried ? wording.say("scenario_title", { title }) : title, 90), { "font-weight": 650 }));
  svg.append(text(MARGIN, 66, 15, clipped(sentence(study, wording, state), 150), { fill: style("--muted") }));
  const rows = legendRows(study, wording, state, layer, style);
  const legendSize = [260, 22 * rows.length + 40];
  const size = { stage: [WIDTH - 2 * MARGIN, BOTTOM - TOP], legend: legendSize };
  const { corners } = study.ground;
  const mask = coverage(study);
  const { corner, box } = placed(mask, { ...size, inset: study.ground.inset && [142, 202], corners, margin: 4 });
  const room = [MARGIN + box[0], TOP + box[1], MARGIN + box[2], TOP + box[3]];
  const { fit, scale, back } = fitted(study.ground.frame, room);
  const frame = [MARGIN, TOP, WIDTH - MARGIN, BOTTOM];
  const at = legendPlace(corner, rows.length);
  const taken = [[at[0], at[1] - 30, at[0] + legendSize[0], at[1] + legendSize[1]], insetBox(study)].filter(Boolean);
  svg.append(...shapes(study, state, layer, style, { fit, view: study.ground.frame, box: frame, edge: style("--page"), id: "bare" }));
  const overlays = new Overlays(study, wording, state, { style, text, fit, scale, box: frame, taken, isPaper, isLand: (x, y) => mask.isLand(...back(x, y)) });
  svg.append(...baseLines(study, style, { fit, box: frame, id: "base" }));
  svg.append(...overlays.drawn(), ...inset(study, wording, state, layer, style, text));
  svg.append(legend(rows, wording.named(layerName(study, wording, state, layer), layer), at, style, text));
  const source = wording.pick(study.source);
  const read = wording.say("named_reading", { name: roledName(study, wording, state, layer), text: wording.reading(layer) });
  const lines = [...said, read, source && wording.say("source_line", { text: source }), wording.pick(study.notes)[0]];
  lines.filter(Boolean).forEach((line, place) => {
    svg.append(text(MARGIN, BOTTOM + 24 + 17 * place, 12, clipped(line, 190), { fill: style("--muted") }));
  });
  return svg;
}

/** Oblique lines over a box: what has no data, drawn without a pattern, which printers make into pixels. */
function hatching(style, [left, top, right, bottom], more) {
  return draw("path", { d: oblique(left, top, right, bottom, 1, 6), fill: "none", stroke: style("--nodata-line"), "stroke-width": 2, ...more });
}

/** Lines the other way, dark beside light, so that they are seen on every grade: what is in doubt. */
function doubting([left, top, right, bottom], more) {
  const line = (from, stroke) => draw("path", { d: oblique(left + from, top, right, bottom, -1, 8), stroke, "stroke-width": 1, "stroke-opacity": 0.7 });
  return draw("g", { fill: "none", class: "doubt", ...more }, line(0, "#fff"), line(1.4, "#14171a"));
}

function oblique(left, top, right, bottom, way, every) {
  const high = bottom - top;
  let d = "";
  for (let x = left - high; x < right + high; x += every) d += way > 0 ? `M${x} ${bottom}l${high} ${-high}` : `M${x} ${top}l${high} ${high}`;
  return d;
}

/** A part of the picture that lines are kept to. */
const clip = (id, d) => draw("clipPath", { id }, draw("path", { d, "clip-rule": "evenodd" }));

/** Where the inset stands; null without one. */
function insetBox(study) {
  if (!study.ground.inset) return null;
  const left = study.ground.corners.inset === "sw" ? MARGIN : WIDTH - MARGIN - 130;
  return [left - 6, BOTTOM - 196, left + 136, BOTTOM + 6];
}

function inset(study, wording, state, layer, style, text) {
  const box = insetBox(study);
  if (!box) return [];
  const { fit, scale } = fitted(study.ground.inset, [box[0] + 6, box[1] + 6, box[2] - 6, box[3] - 38]);
  const frame = { x: box[0], y: box[1], width: 142, height: 202, fill: style("--page"), stroke: style("--line") };
  const look = { fit, view: study.ground.inset, box, edge: style("--muted"), id: "bare_inset" };
  const { length, share } = insetScale(study, 130 / scale);
  const [left, low] = [box[0] + 6, box[3] - 22];
  const [caption, ...more] = folded(wording.pick(study.ground.caption), 22, Infinity);
  return [
    draw("rect", frame),
    clip("inset", `M${box[0]} ${box[1]}H${box[2]}V${box[3] - 38}H${box[0]}Z`),
    draw("g", { "clip-path": "url(#inset)" }, ...shapes(study, state, layer, style, look)),
    ...baseLines(study, style, { fit, box: [box[0], box[1], box[2], box[3] - 38], id: "base_inset" }),
    draw("path", { d: `M${left} ${low}v4h${(130 * share).toFixed(1)}v-4`, fill: "none", stroke: style("--ink") }),
    text(left, low - 2, 10, lengthText(wording, length)),
    text(left, box[3] - 6, 11, more.length ? `${caption}…` : caption),
  ];
}

/** Rings that reach into a view, each region in its color, hatched without one. */
function shapes(study, state, layer, style, { fit, view, box, edge, id }) {
  const all = draw("g", { "stroke-linejoin": "round", stroke: edge, "stroke-width": study.size > 600 ? 0.3 : 0.8 });
  const point = (place) => fit(place).map((value) => value.toFixed(1)).join(" ");
  let [bare, doubtful] = ["", ""];
  const land = study.isCircled(layer, state) && style("--land");
  for (const region of [...study.areas, ...study.regions]) {
    const rings = study.shapes[region].flat().filter((ring) => study.touches(ring, view));
    const d = rings.map((ring) => `M${apart(ringOf(study.arcs, ring).map(point)).join("L")}Z`).join("");
    if (!d) continue;
    const counted = region < study.size;
    const color = counted && study.color(layer, region, state);
    const fill = color && (land || color);
    if (!fill) bare += d;
    if (counted && study.isDoubtful(layer, region, state)) doubtful += d;
    const isFaint = counted && state.brushed && !state.brushed.has(region);
    all.append(draw("path", { d, fill: fill || style("--nodata"), "fill-rule": "evenodd", "fill-opacity": isFaint ? 0.18 : null }));
  }
  const laid = bare ? [all, clip(id, bare), hatching(style, box, { "clip-path": `url(#${id})` })] : [all];
  return doubtful ? [...laid, clip(`doubt_${id}`, doubtful), doubting(box, { "clip-path": `url(#doubt_${id})` })] : laid;
}

/** Lines of the base map within a box, every point of them. */
function baseLines(study, style, { fit, box: [left, top, right, bottom], id }) {
  if (!study.lines.length) return [];
  const all = draw("g", { class: "base-lines", fill: "none", stroke: style("--ink"), "stroke-width": 1.3, "clip-path": `url(#${id})` });
  for (const { style: stroke, line } of study.lines) {
    const d = `M${line.map((place) => fit(place).map((value) => value.toFixed(2)).join(" ")).join("L")}`;
    all.append(draw("path", { d, "stroke-dasharray": STROKES[stroke] }));
  }
  return [clip(id, `M${left} ${top}H${right}V${bottom}H${left}Z`), all];
}

/** Points that lie apart in the picture. */
const apart = (points) => points.filter((point, place) => point !== points[place - 1]);

/** From map units to a box of the picture, as large as fits, in its middle. */
function fitted([west, south, east, north], [left, top, right, bottom]) {
  const scale = Math.min((right - left) / (east - west), (bottom - top) / (north - south));
  const x0 = (left + right - scale * (east - west)) / 2;
  const y0 = (top + bottom + scale * (north - south)) / 2;
  return { scale, fit: ([x, y]) => [x0 + scale * (x - west), y0 - scale * (y - south)], back: (x, y) => [west + (x - x0) / scale, south + (y0 - y) / scale] };
}

/** Color, label and count of every class, as the legend lists them. */
function legendRows(study, wording, state, layer, style) {
  const counts = study.counts(layer, state);
  const kind = study.isCircled(layer, state) ? "circle" : "";
  const rows = classLabels(wording, layer).map((label, number) => [layer.colors[number], label, counts[number], kind]);
  if (layer.ordered) rows.reverse();
  const dots = marked(study, layer, state).length;
  if (dots) rows.push([layer.colors.at(-1), wording.say("hidden_red"), dots, "dot"]);
  for (const { kind, label, count } of doubts(study, wording, layer, state)) rows.push([kind === "doubt" ? layer.colors[1] : layer.colors[layer.none], label, count, kind]);
  const none = counts[layer.colors.length];
  if (none || study.areas.length) rows.push([null, wording.say("no_data"), none || ""]);
  return layer.kind === "certainty" ? rows.filter(([, , count]) => count) : rows;
}

/** Where the first row of the legend stands. */
function legendPlace(corner, count) {
  return [corner[1] === "w" ? MARGIN : WIDTH - 260, corner[0] === "s" ? BOTTOM - 22 * count - 14 : TOP + 30];
}

function legend(rows, head, [x, y], style, text) {
  const ground = { x: x - 8, y: y - 30, width: 250, height: 22 * rows.length + 40, fill: style("--page") };
  const group = draw("g", {}, draw("rect", ground), text(x, y - 12, 14, clipped(head, 40), { "font-weight": 650 }));
  rows.forEach(([fill, label, count, kind], place) => {
    const top = y + 22 * place;
    if (kind === "dot" || kind === "circle") group.append(draw("circle", { cx: x + 7.5, cy: top + 7.5, r: kind === "dot" ? 4.5 : 7, fill }));
    else group.append(draw("rect", { x, y: top, width: 15, height: 15, rx: 3, fill: fill || style("--nodata") }));
    if (kind === "nearly") group.lastChild.setAttribute("style", `stroke:${DASHED};stroke-width:1.6;stroke-dasharray:3 2`);
    if (kind === "doubt") group.append(clip("doubt_row", `M${x} ${top}h15v15h-15Z`), doubting([x, top, x + 15, top + 15], { "clip-path": "url(#doubt_row)" }));
    if (!fill) group.append(clip("bare_row", `M${x} ${top}h15v15h-15Z`), hatching(style, [x, top, x + 15, top + 15], { "clip-path": "url(#bare_row)" }));
    group.append(text(x + 23, y + 12 + 22 * place, 14, clipped(label, 30)));
    group.append(text(x + 232, y + 12 + 22 * place, 14, String(count), { fill: style("--muted"), "text-anchor": "end" }));
  });
  return group;
}
