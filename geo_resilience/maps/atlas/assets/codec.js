// The numbers of the page, unpacked: base64 VLQ for whole ones, base64 of floats for the rest.

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const DIGITS = new Uint8Array(128);
[...ALPHABET].forEach((letter, digit) => (DIGITS[letter.charCodeAt(0)] = digit));

/** The JSON that stands in the page; where it is long the page holds it deflated, as one string. */
export async function inflated(text) {
  if (!text.startsWith('"')) return text;
  const stream = new Blob([bytesOf(text.slice(1, -1))]).stream();
  return new Response(stream.pipeThrough(new DecompressionStream("deflate"))).text();
}

/** Whole numbers; a minus zero where one is missing. */
export function unpackNumbers(text) {
  const { length } = text;
  const numbers = new Float64Array(length);
  let value = 0;
  let place = 1;
  let count = 0;
  for (let i = 0; i < length; i++) {
    const digit = DIGITS[text.charCodeAt(i)];
    value += (digit & 31) * place;
    place *= 32;
    if (digit > 31) continue;
    numbers[count++] = value % 2 ? -(value - 1) / 2 : value / 2;
    value = 0;
    place = 1;
  }
  return numbers.slice(0, count);
}

function bytesOf(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

function floatsOf(text) {
  const view = new DataView(bytesOf(text).buffer);
  return Float64Array.from({ length: view.byteLength / 8 }, (_, i) => view.getFloat64(8 * i, true));
}

/** A column: decimals as differences from cell to cell, or in the form "d" floats, "l" a line of
 * another column, "w" a weighted mean of others, both but for some places. */
export function unpackColumn(column, columns) {
  const other = (name) => unpackColumn(columns[name], columns);
  if (column.form === "d") return floatsOf(column.data);
  if (!column.form) return unpackDecimals(column);
  const { low, high } = column;
  const values = column.form === "w" ? weightedMean(column.weights, other) : other(column.of).map((share) => low + share * (high - low));
  if (!column.places) return values;
  const listed = unpackColumn(column.listed, columns);
  let place = 0;
  unpackNumbers(column.places).forEach((step, i) => (values[(place += step)] = listed[i]));
  return values;
}

function unpackDecimals({ data, digits = 0 }) {
  const unit = 10 ** digits;
  let whole = 0;
  return unpackNumbers(data).map((step) => (step === 0 && 1 / step < 0 ? NaN : (whole += step) / unit));
}

/** The mean of columns by weights, cell by cell. */
export function weightedMean(weights, columnOf) {
  const entries = Object.entries(weights).map(([name, weight]) => [columnOf(name), weight]);
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  return entries[0][0].map((_, i) => entries.reduce((sum, [values, weight]) => sum + values[i] * weight, 0) / total);
}

/** Arcs as coordinates in map units, one after the other: arc n holds the points from starts[n]. */
export function unpackArcs(text, scale) {
  const numbers = unpackNumbers(text);
  const starts = [0];
  for (let at = 0; at < numbers.length; at += 1 + 2 * numbers[at]) starts.push(starts.at(-1) + numbers[at]);
  const xy = new Float64Array(2 * starts.at(-1));
  let [x, y, at, to] = [0, 0, 0, 0];
  while (at < numbers.length) {
    for (let left = numbers[at++]; left > 0; left--) {
      xy[to++] = (x += numbers[at++]) * scale;
      xy[to++] = (y += numbers[at++]) * scale;
    }
  }
  return { xy, starts: Int32Array.from(starts), length: starts.length - 1 };
}

/** The points of an arc as a list of [x, y]. */
export const lineOf = ({ xy, starts }, number) =>
  Array.from({ length: starts[number + 1] - starts[number] }, (_, place) => {
    const at = 2 * (starts[number] + place);
    return [xy[at], xy[at + 1]];
  });

/** Dashes of the lines of a base map, by what it calls them. */
export const STROKES = { solid: null, dashed: "7 4", dotted: "1.5 3.5" };

/** Lines, packed as arcs are, as lists of [x, y]. */
export function unpackLines(text, scale) {
  const arcs = unpackArcs(text, scale);
  return Array.from({ length: arcs.length }, (_, number) => lineOf(arcs, number));
}

/** Points, or other rows of so many numbers, each packed as a step from the one before, in map units. */
export function unpackPoints(text, scale, size = 2) {
  const numbers = unpackNumbers(text);
  const before = new Array(size).fill(0);
  return Array.from({ length: numbers.length / size }, (_, row) => before.map((_, part) => (before[part] += numbers[size * row + part]) * scale));
}

/** Rings from the amplitudes of their waves (tenths of a step), from -waves to waves turns. */
export function unpackRings(text, waves, scale, points = 96) {
  const numbers = unpackNumbers(text);
  const size = 4 * waves + 2;
  const at = (start, place) => {
    let [x, y] = [0, 0];
    for (let turns = -waves; turns <= waves; turns++) {
      const [real, imaginary] = [0, 1].map((part) => numbers[start + 2 * (turns + waves) + part]);
      const angle = (2 * Math.PI * turns * place) / points;
      x += real * Math.cos(angle) - imaginary * Math.sin(angle);
      y += real * Math.sin(angle) + imaginary * Math.cos(angle);
    }
    return [(x * scale) / 10, (y * scale) / 10];
  };
  return Array.from({ length: numbers.length / size }, (_, ring) =>
    Array.from({ length: points + 1 }, (_, place) => at(ring * size, place % points)),
  );
}

/** For each region its parts, each a list of rings, each a list of arc numbers. */
export function unpackShapes(text) {
  const numbers = unpackNumbers(text);
  let at = 0;
  let arc = 0;
  const list = (read) => Array.from({ length: numbers[at++] }, read);
  const shapes = [];
  while (at < numbers.length) {
    shapes.push(list(() => list(() => list(() => (arc += numbers[at++])))));
  }
  return shapes;
}

/** For each region its neighbors and how much each counts. */
export function unpackLinks({ links, weights }) {
  const numbers = unpackNumbers(links);
  const view = weights && new DataView(bytesOf(weights).buffer);
  const found = [];
  let [at, region, link] = [0, 0, 0];
  while (at < numbers.length) {
    const count = numbers[at++];
    found.push(
      Array.from({ length: count }, () => {
        region += numbers[at++];
        const weight = view ? view.getFloat32(4 * link, true) : 1 / count;
        link += 1;
        return { region, weight };
      }),
    );
  }
  return found;
}

/** Go along a ring from its arcs, back to where it began; ~number runs backward. */
export function walk({ xy, starts }, numbers, act) {
  numbers.forEach((number, place) => {
    const arc = number < 0 ? -1 - number : number;
    const [first, last] = [starts[arc], starts[arc + 1] - 1];
    const skipped = place ? 1 : 0;
    if (number < 0) for (let at = last - skipped; at >= first; at--) act(xy[2 * at], xy[2 * at + 1]);
    else for (let at = first + skipped; at <= last; at++) act(xy[2 * at], xy[2 * at + 1]);
  });
}

/** One ring from its arcs as a list of [x, y]. */
export function ringOf(arcs, numbers) {
  const ring = [];
  walk(arcs, numbers, (x, y) => ring.push([x, y]));
  return ring;
}

/** The border of some regions together as lines of [x, y]; islands that are small are left out. */
export function bordersOf({ arcs, shapes, ground }, members) {
  const lines = borderArcs(shapes, members).map((number) => lineOf(arcs, number));
  const [west, south, east, north] = ground.frame;
  const least = 0.03 * Math.max(east - west, north - south);
  const extent = (line, axis) => {
    const places = line.map((point) => point[axis]);
    return Math.max(...places) - Math.min(...places);
  };
  const isRing = (line) => String(line[0]) === String(line[line.length - 1]);
  const kept = lines.filter((line) => !isRing(line) || Math.max(extent(line, 0), extent(line, 1)) >= least);
  return kept.length ? kept : lines;
}

/** Numbers of the arcs that bound a set of regions: those that only one member uses. */
export function borderArcs(shapes, members) {
  const uses = new Map();
  for (const member of members) {
    for (const number of shapes[member].flat(2)) {
      const arc = number < 0 ? -1 - number : number;
      uses.set(arc, (uses.get(arc) || 0) + 1);
    }
  }
  return [...uses.keys()].filter((arc) => uses.get(arc) === 1);
}
