// The numbers of the page, unpacked: base64 VLQ for whole ones, base64 of floats for the rest.

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const DIGITS = new Map([...ALPHABET].map((letter, digit) => [letter, digit]));

export function unpackNumbers(text) {
  const numbers = [];
  let value = 0;
  let place = 1;
  for (const letter of text) {
    const digit = DIGITS.get(letter);
    value += (digit & 31) * place;
    place *= 32;
    if (digit < 32) {
      numbers.push(value % 2 ? -(value - 1) / 2 : value / 2);
      value = 0;
      place = 1;
    }
  }
  return numbers;
}

function bytesOf(text) {
  const binary = atob(text);
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

/** A column in its form: "n" whole numbers, "d" and "f" floats, "u" billionths, "s" and "b" shares
 * of a range in 16 and 8 bits, "l" a line of another column but for some places. */
export function unpackColumn(column, columns) {
  if (column.form === "w") {
    return weightedMean(column.weights, (name) => unpackColumn(columns[name], columns));
  }
  if (column.form === "n") {
    return Float64Array.from(unpackNumbers(column.data));
  }
  const view = new DataView(bytesOf(column.data).buffer);
  if (column.form === "d") {
    return Float64Array.from({ length: view.byteLength / 8 }, (_, i) => view.getFloat64(8 * i, true));
  }
  if (column.form === "f") {
    return Float64Array.from({ length: view.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
  }
  if (column.form === "u") {
    return Float64Array.from({ length: view.byteLength / 4 }, (_, i) => {
      const whole = view.getUint32(4 * i, true);
      return whole === 4294967295 ? NaN : whole / 1e9;
    });
  }
  const width = column.high - column.low;
  if (column.form === "l") {
    const values = unpackColumn(columns[column.of]).map((share) => column.low + share * width);
    let place = 0;
    unpackNumbers(column.places).forEach((step, i) => {
      place += step;
      values[place] = view.getFloat64(8 * i, true);
    });
    return values;
  }
  if (column.form === "b") {
    return Float64Array.from({ length: view.byteLength }, (_, i) => {
      const share = view.getUint8(i);
      return share === 255 ? NaN : column.low + (share / 254) * width;
    });
  }
  return Float64Array.from({ length: view.byteLength / 2 }, (_, i) => {
    const share = view.getUint16(2 * i, true);
    return share === 65535 ? NaN : column.low + (share / 65534) * width;
  });
}

/** The mean of columns by weights, cell by cell. */
export function weightedMean(weights, columnOf) {
  const entries = Object.entries(weights).map(([name, weight]) => [columnOf(name), weight]);
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  return entries[0][0].map((_, i) => entries.reduce((sum, [values, weight]) => sum + values[i] * weight, 0) / total);
}

/** Arcs as lists of [x, y] in map units. */
export function unpackArcs(text, scale) {
  const numbers = unpackNumbers(text);
  const arcs = [];
  let x = 0;
  let y = 0;
  for (let at = 0; at < numbers.length; ) {
    const length = numbers[at++];
    const arc = [];
    for (let point = 0; point < length; point++) {
      x += numbers[at++];
      y += numbers[at++];
      arc.push([x * scale, y * scale]);
    }
    arcs.push(arc);
  }
  return arcs;
}

/** Points, each packed as a step from the one before, in map units. */
export function unpackPoints(text, scale) {
  const numbers = unpackNumbers(text);
  const points = [];
  let [x, y] = [0, 0];
  for (let at = 0; at < numbers.length; at += 2) {
    x += numbers[at];
    y += numbers[at + 1];
    points.push([x * scale, y * scale]);
  }
  return points;
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

/** One ring from its arcs; ~number runs backward. */
export function ringOf(arcs, numbers) {
  const ring = [];
  for (const number of numbers) {
    const arc = number < 0 ? [...arcs[-1 - number]].reverse() : arcs[number];
    ring.push(...arc.slice(ring.length ? 1 : 0));
  }
  return ring;
}

/** The border of some regions together as lines of [x, y]; islands that are small are left out. */
export function bordersOf({ arcs, shapes, ground }, members) {
  const lines = borderArcs(shapes, members).map((number) => arcs[number]);
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
