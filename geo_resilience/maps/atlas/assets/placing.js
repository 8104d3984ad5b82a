// The map beside what floats over it: legend and inset hide no region.

import { walk } from "./codec.js";

/** Cells along the longer side of the mask. */
const CELLS = 96;

/** Points nearer than this share of a cell to the last are left out. */
const THIN = 0.2;

/** Room is kept along an axis for the legend, and a share of the inset's width beside it. */
const WAYS = [[0, 0], [1, 0], [0, 0.5], [0, 1]];

/** What a covered cell under the buttons counts, as a share of the map's size. */
const UNDER_BUTTONS = 0.01;

/** Where the frame is covered by regions, as a grid of cells drawn small. */
export function coverage(study) {
  const [west, south, east, north] = study.ground.frame;
  const size = CELLS / Math.max(east - west, north - south);
  const [width, height] = [(east - west) * size, (north - south) * size];
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: Math.ceil(width), height: Math.ceil(height) });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.beginPath();
  for (const numbers of study.shapes.flat(2)) {
    let [lastX, lastY] = [NaN, NaN];
    walk(study.arcs, numbers, (x, y) => {
      const [toX, toY] = [(x - west) * size, (north - y) * size];
      if (Math.abs(toX - lastX) + Math.abs(toY - lastY) < THIN) return;
      if (lastX === lastX) pen.lineTo(toX, toY);
      else pen.moveTo(toX, toY);
      [lastX, lastY] = [toX, toY];
    });
  }
  pen.fill("evenodd");
  pen.stroke();
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
  const isCovered = (x, y) => data[4 * (y * canvas.width + x) + 3] > 0;
  const inside = (cell, size) => cell >= 0 && cell < size;
  /** Whether a region lies at a point in map units. */
  const isLand = (x, y) => {
    const [column, row] = [Math.floor((x - west) * size), Math.floor((north - y) * size)];
    return inside(column, canvas.width) && inside(row, canvas.height) && isCovered(column, row);
  };
  return { width, height, isCovered, isLand };
}

/** A corner for the legend and the box for the map, so that as little as can be is hidden.
 * The map is moved aside, and made smaller where it must be; the largest that hides nothing wins. */
export function placed(mask, { stage, legend, inset, corners, buttons = null, margin = 14 }) {
  const order = ["sw", "nw", "se", "ne"].filter((corner) => !inset || corner !== corners.inset);
  order.sort((a, b) => (b === corners.legend) - (a === corners.legend));
  let best = null;
  for (let step = 0; step <= 12; step++) {
    for (const corner of order) {
      for (const [axis, aside] of inset ? WAYS : WAYS.slice(0, 2)) {
        const found = tried(mask, { stage, legend, inset, corners, buttons, margin, corner, axis, aside, share: step / 12 });
        const better = !best || found.hidden < best.hidden || (found.hidden === best.hidden && found.size > best.size + 1e-9);
        if (better) best = found;
      }
    }
  }
  return best;
}

/** The map with a share of the legend's width (or height) kept free on the legend's side, and of the inset's width on its own. */
function tried(mask, { stage, legend, inset, corners, buttons, margin, corner, axis, aside, share }) {
  const kept = share * (legend[axis] + margin);
  const box = [margin, margin, stage[0] - margin, stage[1] - margin];
  const isFirst = axis ? corner[0] === "n" : corner[1] === "w";
  if (isFirst) box[axis] += kept;
  else box[axis + 2] -= kept;
  if (aside && corners.inset[1] === "w") box[0] = Math.max(box[0], margin + aside * (inset[0] + margin));
  else if (aside) box[2] = Math.min(box[2], stage[0] - margin - aside * (inset[0] + margin));
  const [wide, high] = [box[2] - box[0], box[3] - box[1]];
  const scale = Math.min(wide / mask.width, high / mask.height);
  if (!(scale > 0)) return { corner, box, scale: 0, size: 0, hidden: Infinity };
  const left = box[0] + (wide - scale * mask.width) / 2;
  const top = box[1] + (high - scale * mask.height) / 2;
  let hidden = hiddenCells(mask, cornerBox(stage, legend, corner), left, top, scale);
  if (inset) hidden += hiddenCells(mask, cornerBox(stage, inset, corners.inset), left, top, scale);
  const [right, low] = [stage[0] - 12, 12];
  const under = buttons ? hiddenCells(mask, [right - buttons[0], low, right, low + buttons[1]], left, top, scale) : 0;
  return { corner, box, scale, size: scale * (1 - UNDER_BUTTONS * under), hidden };
}

function cornerBox([width, height], [wide, high], corner) {
  const left = corner[1] === "w" ? 12 : width - wide - (corner[0] === "n" ? 58 : 12);
  const top = corner[0] === "n" ? 12 : height - 12 - high;
  return [left, top, left + wide, top + high];
}

function hiddenCells(mask, [west, north, east, south], left, top, scale) {
  const cell = (place, start, most) => Math.min(Math.max(Math.floor((place - start) / scale), 0), most);
  const [columns, rows] = [mask.width, mask.height].map(Math.ceil);
  let hidden = 0;
  for (let y = cell(north, top, rows); y < cell(south, top, rows - 1) + 1; y++) {
    if (top + y * scale > south || top + (y + 1) * scale < north) continue;
    for (let x = cell(west, left, columns); x < cell(east, left, columns - 1) + 1; x++) {
      if (left + x * scale > east || left + (x + 1) * scale < west) continue;
      if (mask.isCovered(x, y)) hidden += 1;
    }
  }
  return hidden;
}

/** The first place where a box of a size keeps clear of what is taken, as its middle; null without one. */
export function clearPlace(places, [width, height], [left, top, right, bottom], taken) {
  for (const [x, y] of places) {
    const middle = [Math.min(Math.max(x, left + width / 2), right - width / 2), Math.min(Math.max(y, top + height / 2), bottom - height / 2)];
    const box = boxAround(middle, [width, height]);
    if (taken.every((other) => box[2] < other[0] || other[2] < box[0] || box[3] < other[1] || other[3] < box[1])) return middle;
  }
  return null;
}

export const boxAround = ([x, y], [width, height]) => [x - width / 2, y - height / 2, x + width / 2, y + height / 2];

/** The boxes of what floats over the map. */
export const floating = (map) => boxesOn(map, document.querySelectorAll("#legend, #inset, #zoom, #furniture, .second-legend, .second-inset"));

/** The boxes of elements that are seen, in pixels of the map. */
export function boxesOn(map, nodes) {
  const { left, top } = map.getContainer().getBoundingClientRect();
  const boxes = [...nodes].map((node) => node.getBoundingClientRect());
  return boxes.filter(({ width }) => width).map((box) => [box.left - left, box.top - top, box.right - left, box.bottom - top]);
}
