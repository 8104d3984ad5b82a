// Other forms of the map: each region a tile alike in size, or a circle that stands apart. They are
// ground like the map's own, of arcs and rings, so that all that is drawn on it is drawn on them.

import { unpackPoints } from "./codec.js";

/** Corners of a shape, and how much of half its width a name may take for its room. */
const LOOKS = { tiles: [4, 0.5], circles: [48, 0.5] };

/** Left free around the shapes, as a share of their extent. */
const MARGIN = 0.01;

/** What of a study changes with its form. */
const groundOf = ({ arcs, shapes, anchors, ground, areas, lines, graticule, context, ellipses }) => ({ form: null, letters: null, arcs, shapes, anchors, ground, areas, lines, graticule, context, ellipses });

/** Draw the regions in a form from now on; null is the map. */
export function lay(study, form) {
  if (!study.forms) study.forms = new Map([[null, groundOf(study)]]);
  if (!study.forms.has(form)) study.forms.set(form, formed(study.data.ground, form));
  Object.assign(study, study.forms.get(form));
}

function formed(plain, form) {
  const { at, scale, letters } = plain.forms[form];
  const [corners, share] = LOOKS[form];
  const cells = unpackPoints(at, scale, 3);
  const [lines, numbers] = [[], new Map()];
  /** The number of a line; ~number where its other side has it already. */
  const arcOf = (line) => {
    const back = numbers.get(String([...line].reverse()));
    if (back !== undefined) return ~back;
    numbers.set(String(line), lines.length);
    return lines.push(line) - 1;
  };
  const shapes = cells.map((cell) => {
    const ring = ringAround(cell, corners);
    return [[corners > 4 ? [arcOf(ring)] : ring.slice(1).map((point, place) => arcOf([ring[place], point]))]];
  });
  const starts = lines.reduce((all, line) => [...all, all.at(-1) + line.length], [0]);
  const edge = (axis, way) => Math.max(...cells.map((cell) => way * cell[axis] + cell[2])) * way;
  const box = [edge(0, -1), edge(1, -1), edge(0, 1), edge(1, 1)];
  const pad = MARGIN * (box[2] - box[0]);
  const ground = Object.assign(Object.create(plain), { frame: box.map((value, side) => value + (side < 2 ? -pad : pad)), inset: null, graticule: null });
  const arcs = { xy: Float64Array.from(lines.flat(2)), starts: Int32Array.from(starts), length: lines.length };
  const anchors = cells.map(([x, y, half]) => [x, y, share * half]);
  return { form, letters: letters || null, arcs, shapes, anchors, ground, areas: [], lines: [], graticule: [], context: [], ellipses: [] };
}

/** A closed ring of so many corners around a middle; four make a square. */
function ringAround([x, y, half], corners) {
  if (corners === 4) return [[x - half, y - half], [x - half, y + half], [x + half, y + half], [x + half, y - half], [x - half, y - half]];
  return Array.from({ length: corners + 1 }, (_, corner) => {
    const turn = (2 * Math.PI * (corner % corners)) / corners;
    return [x + half * Math.cos(turn), y + half * Math.sin(turn)];
  });
}
