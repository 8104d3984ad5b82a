// Units of the page's modules, run by node without a browser.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

const folder = new URL("../../geo_resilience/maps/atlas/assets/", import.meta.url);
const loaded = new Map();

/** The package has no package.json; load its modules as data so that node takes them as modules. */
async function load(name) {
  if (!loaded.has(name)) {
    let source = await readFile(new URL(`${name}.js`, folder), "utf8");
    for (const [line, other] of source.matchAll(/^import .* from "\.\/(\w+)\.js";$/gm)) {
      source = source.replace(line, line.replace(`./${other}.js`, await load(other)));
    }
    loaded.set(name, `data:text/javascript;base64,${Buffer.from(source).toString("base64")}`);
  }
  return loaded.get(name);
}
const module = async (name) => import(await load(name));

test("numbers are unpacked as they were packed", async () => {
  const { unpackNumbers } = await module("codec");
  assert.deepEqual([...unpackNumbers("ACDgBhZ")], [0, 1, -1, 16, -400]);
  assert.ok(Object.is(unpackNumbers("B")[0], -0));
});

test("columns are unpacked in each form", async () => {
  const { unpackColumn } = await module("codec");
  const bytes = (array) => Buffer.from(array.buffer).toString("base64");
  const d = unpackColumn({ form: "d", data: bytes(new Float64Array([0.1, NaN])) });
  assert.equal(d[0], 0.1);
  assert.ok(Number.isNaN(d[1]));
  assert.deepEqual([...unpackColumn({ digits: 1, data: "KBD" })].map(String), ["0.5", "NaN", "0.4"]);
  assert.deepEqual([...unpackColumn({ data: "CAC" })], [1, 1, 2]);
  const columns = { base: { digits: 1, data: "AUL" } };
  const line = { form: "l", of: "base", low: 10, high: 20, places: "C", listed: { data: "mG" } };
  assert.deepEqual([...unpackColumn(line, columns)], [10, 99, 15]);
  const mean = { form: "w", weights: { base: 3 } };
  assert.deepEqual([...unpackColumn(mean, columns)], [0, 1, 0.5]);
  const listed = { ...mean, places: "E", listed: { form: "d", data: bytes(new Float64Array([0.7])) } };
  assert.deepEqual([...unpackColumn(listed, columns)], [0, 1, 0.7]);
});

test("a border shared by two members is no outline", async () => {
  const { borderArcs, ringOf } = await module("codec");
  const shapes = [[[[0, 1]]], [[[-1, 2]]]];
  assert.deepEqual(borderArcs(shapes, [0, 1]).sort(), [1, 2]);
  assert.deepEqual(borderArcs(shapes, [0]).sort(), [0, 1]);
  const arcs = { xy: [1, 1, 1, 0, 1, 0, 0, 0, 0, 1, 1, 1], starts: [0, 2, 6] };
  assert.deepEqual(ringOf(arcs, [0, 1]), [[1, 1], [1, 0], [0, 0], [0, 1], [1, 1]]);
});

test("a class holds its lower bound", async () => {
  const { classOfValue } = await module("study");
  assert.deepEqual([0.1, 0.2, 0.9, NaN].map((v) => classOfValue(v, [0.2, 0.5])), [0, 1, 2, -1]);
});

test("a value never becomes a field of a sentence", async () => {
  const { Wording } = await module("wording");
  const wording = new Wording({ en: { hi: "{a} and {b}", comma: ", ", no_data: "none" } }, "en");
  assert.equal(wording.say("hi", { a: "{b}", b: "$& $1" }), "{b} and $& $1");
  assert.equal(wording.say("missing"), "missing");
  assert.equal(wording.number(-0.0341, 3, true), "\u22120.034");
  assert.equal(wording.number(NaN), "none");
  assert.equal(wording.figure(123456.7), "123,457");
  assert.equal(wording.figure(0.001234), "0.00123");
});

test("weights keep their sum when one moves", async () => {
  const { moved } = await module("scenario");
  const weights = new Map([["a", 0.5], ["b", 0.3], ["c", 0.2]]);
  const sum = (map) => [...map.values()].reduce((all, each) => all + each, 0);
  for (const target of [0, 0.25, 0.5, 1]) {
    const found = moved(weights, ["a"], target);
    assert.ok(Math.abs(sum(found) - 1) < 1e-12);
    assert.ok(Math.abs(found.get("a") - target) < 1e-12);
  }
  const alone = moved(moved(weights, ["a"], 1), ["a"], 0.4);
  assert.ok(Math.abs(sum(alone) - 1) < 1e-12);
});

test("ticks are round and inside", async () => {
  const { ticksOf } = await module("charts");
  assert.deepEqual(ticksOf(0.13, 0.52), [0.2, 0.3, 0.4, 0.5]);
  assert.deepEqual(ticksOf(-1, 1), [-1, -0.5, 0, 0.5, 1]);
});

test("regions are found by key, name, and a beginning that is unique", async () => {
  const { regionsFound } = await module("search");
  const findRegion = (...asked) => (regionsFound(...asked).length === 1 ? regionsFound(...asked)[0] : null);
  const study = { keys: ["01", "02"], names: { en: ["Shanxi", "Shaanxi"], zh: ["山西", "陕西"] }, aliases: ["晋|山西省|shansi", "秦|陕西省"], regions: [0, 1] };
  assert.equal(findRegion(study, "shanxi"), 0);
  assert.equal(findRegion(study, "陕西"), 1);
  assert.equal(findRegion(study, "02"), 1);
  assert.deepEqual(regionsFound(study, "sha"), [0, 1]);
  assert.deepEqual(regionsFound(study, "sichuan"), []);
  assert.equal(findRegion(study, "shaa"), 1);
  for (const text of ["晋", "SHANSI", "Shānxī", "shanxi province", "Shanxi Sheng", "山西省"]) {
    assert.equal(findRegion(study, text), 0, text);
  }
});

test("arrows move to the region that lies that way", async () => {
  const { nearestThatWay } = await module("reach");
  const study = { anchors: [[0, 0, 1], [10, 1, 1], [0, 8, 1], [4, 40, 1]] };
  assert.equal(nearestThatWay(study, 0, [1, 0]), 1);
  assert.equal(nearestThatWay(study, 0, [0, 1]), 2);
  assert.equal(nearestThatWay(study, 0, [-1, 0]), null);
});

test("figures too large or small to write out take a power of ten", async () => {
  const { Wording } = await module("wording");
  const wording = new Wording({ en: { no_data: "none", p_text: "p = {p}", p_below: "p < 0.001" } }, "en");
  assert.equal(wording.figure(1e308), "1 × 10³⁰⁸");
  assert.equal(wording.figure(-1.234e20, true), "\u22121.23 × 10²⁰");
  assert.equal(wording.figure(2.5e-9), "2.50 × 10⁻⁹");
  assert.equal(wording.cut(1e300), "1 × 10³⁰⁰");
  assert.equal(wording.figure(123456789), "123,456,789");
  assert.equal(wording.doubt(0.0004), "p < 0.001");
  assert.equal(wording.doubt(0.0124), "p = 0.012");
});

test("links are unpacked with even weights or their own", async () => {
  const { unpackLinks } = await module("codec");
  const even = unpackLinks({ links: "ECCAAC" + "D" });
  assert.deepEqual(even, [[{ region: 1, weight: 0.5 }, { region: 2, weight: 0.5 }], [], [], [{ region: 1, weight: 1 }]]);
  const weights = Buffer.from(new Float32Array([0.25]).buffer).toString("base64");
  assert.deepEqual(unpackLinks({ links: "CC", weights }), [[{ region: 1, weight: 0.25 }]]);
});

test("standardized values and lags are those of a hand calculation", async () => {
  const { slopeOf, standardized, quadrantOf } = await module("moran");
  const values = [1, 2, 3, 6];
  const link = (...regions) => regions.map((region) => ({ region, weight: 1 / regions.length }));
  const study = {
    regions: [0, 1, 2, 3],
    at: (_, region) => values[region],
    neighbors: [link(1), link(0, 2), link(1, 3), link(2)],
  };
  // mean 3, squares 4 + 1 + 0 + 9 = 14; I = sum z_i lag_i / sum z_i^2
  const points = standardized(study, "x", 0);
  const expected = ((-2) * (-1) + (-1) * ((-2 + 0) / 2) + 0 + 3 * 0) / 14;
  assert.ok(Math.abs(slopeOf(points) - expected) < 1e-12);
  assert.equal(quadrantOf(points[0]), "low-low");
});

test("rows are sorted with what has no value last", async () => {
  const { sortedRows } = await module("table");
  const rows = [
    { region: 0, name: "b", value: 1 },
    { region: 1, name: "a", value: NaN },
    { region: 2, name: "c", value: 3 },
  ];
  const order = (sort) => sortedRows(rows, sort, "en").map(({ region }) => region);
  assert.deepEqual(order({ by: "value", down: true }), [2, 0, 1]);
  assert.deepEqual(order({ by: "value", down: false }), [0, 2, 1]);
  assert.deepEqual(order({ by: "name", down: false }), [1, 0, 2]);
});

test("the legend goes where it hides nothing, the map aside where it must", async () => {
  const { placed } = await module("placing");
  const corners = { legend: "sw", inset: "se" };
  const full = { width: 90, height: 60, isCovered: () => true };
  const beside = placed(full, { stage: [1000, 600], legend: [200, 150], inset: null, corners });
  assert.equal(beside.hidden, 0);
  assert.equal(beside.corner, "sw");
  assert.ok(beside.box[0] > 14);
  const bare = { width: 90, height: 60, isCovered: (x, y) => y < 30 || x > 40 };
  const free = placed(bare, { stage: [1000, 600], legend: [200, 150], inset: null, corners });
  assert.deepEqual([free.hidden, free.corner, free.box], [0, "sw", [14, 14, 986, 586]]);
  const narrow = placed(full, { stage: [300, 300], legend: [290, 290], inset: null, corners });
  assert.ok(narrow.scale >= 0);
});

test("a scale bar has a round length and north is read off the meridians", async () => {
  const { northAt, roundLength } = await module("furniture");
  assert.deepEqual([730, 0.034, 200, 1999].map(roundLength), [500, 0.02, 200, 1000]);
  const meridians = [[[0, 0], [0, 10]], [[10, 0], [0, 10]]];
  assert.equal(northAt(meridians, [1, 3]), 0);
  assert.equal(Math.round(northAt(meridians, [9, 2])), -45);
});

test("rings come back from their waves", async () => {
  const { unpackRings } = await module("codec");
  // Amplitudes of -1, 0 and 1 turns in tenths: (0, 0), (100, -50), (30, 0): a circle of radius 3.
  const text = "AAoGlD8BA";
  const [ring] = unpackRings(text, 1, 1, 8);
  assert.equal(ring.length, 9);
  assert.deepEqual(ring[0].map((value) => Number(value.toFixed(9))), [13, -5]);
  for (const [x, y] of ring) assert.ok(Math.abs(Math.hypot(x - 10, y + 5) - 3) < 1e-9);
  assert.deepEqual(ring[8], ring[0]);
});

test("what is written finds a clear place, inside, or none", async () => {
  const { clearPlace } = await module("placing");
  const stage = [0, 0, 100, 100];
  assert.deepEqual(clearPlace([[50, 50]], [20, 10], stage, []), [50, 50]);
  assert.deepEqual(clearPlace([[50, 50], [99, 99]], [20, 10], stage, [[40, 40, 60, 60]]), [90, 95]);
  assert.equal(clearPlace([[50, 50]], [20, 10], stage, [[0, 0, 100, 100]]), null);
});

test("names stand where they fit and on no other", async () => {
  const { placeNames } = await module("naming");
  const study = { anchors: [[0, 0, 20], [10, 0, 20], [90, 0, 4], [200, 0, 20]] };
  const plain = { scale: 1, placeOf: ([x, y]) => ({ x, y }), sizeOf: () => [30, 10], box: [-300, -300, 300, 300], isLand: () => false };
  const found = placeNames(study, { ...plain, wanted: [0, 1, 2, 3] }).map(({ region }) => region);
  assert.deepEqual(found, [0, 3]);
  assert.deepEqual(placeNames(study, { ...plain, wanted: [0], taken: [[-5, -5, 5, 5]] }), []);
});

test("the first and the last are named whatever happens, at sea where there is some", async () => {
  const { placeNames, lineEnd } = await module("naming");
  const study = { anchors: [[0, 0, 2], [6, 0, 2], [0, 40, 40]] };
  const plain = { scale: 1, placeOf: ([x, y]) => ({ x, y }), sizeOf: () => [30, 10], wanted: [2], must: [0, 1], box: [-60, -60, 60, 60] };
  const [first, second] = placeNames(study, { ...plain, isLand: (x) => x < 20 });
  assert.deepEqual([first.region, second.region], [0, 1]);
  assert.ok(first.home && second.home && first.point.x > 20, "to the right, where no land is");
  assert.ok(Math.abs(first.point.y - second.point.y) >= 10 || Math.abs(first.point.x - second.point.x) >= 30);
  const { x } = lineEnd(first, [30, 10]);
  assert.equal(x, first.point.x - 15);
  const full = { ...plain, isLand: () => true, taken: [[-60, -60, 60, 60]] };
  assert.deepEqual(placeNames(study, full).map(({ region }) => region), [0, 1]);
});

/** Sums of squares around the means of the classes that cuts make. */
const spreadOf = (values, cuts) => {
  const groups = [...cuts, Infinity].map((high, at) => values.filter((value) => value < high && value >= (at ? cuts[at - 1] : -Infinity)));
  return groups.reduce((sum, group) => {
    const mean = group.reduce((total, value) => total + value / group.length, 0);
    return sum + group.reduce((total, value) => total + (value - mean) ** 2, 0);
  }, 0);
};

test("natural breaks are the best of all partitions", async () => {
  const { cutsBy } = await module("classes");
  let seed = 7;
  const next = () => ((seed = (seed * 16807) % 2147483647) / 2147483647);
  for (let round = 0; round < 20; round++) {
    const values = Array.from({ length: 11 }, () => Math.round(100 * next() ** 2) / 10);
    const unique = [...new Set(values)].sort((a, b) => a - b);
    let best = Infinity;
    const choose = (from, cuts) => {
      if (cuts.length === Math.min(4, unique.length - 1)) best = Math.min(best, spreadOf(values, cuts));
      else for (let at = from; at < unique.length; at++) choose(at + 1, [...cuts, unique[at]]);
    };
    choose(1, []);
    assert.ok(Math.abs(spreadOf(values, cutsBy("natural", values)) - best) < 1e-9);
  }
});

test("quantiles hold equally many, fixed steps are round, what does not vary has no cuts", async () => {
  const { cutsBy, shortestBetween, spread } = await module("classes");
  const values = Array.from({ length: 50 }, (_, place) => place + 0.25);
  const cuts = cutsBy("quantile", values);
  const counts = [...cuts, Infinity].map((high, at) => values.filter((value) => value < high && value >= (at ? cuts[at - 1] : -1)).length);
  assert.deepEqual(counts, [10, 10, 10, 10, 10]);
  assert.deepEqual(cutsBy("fixed", [3, 41, NaN]), [10, 20, 30, 40]);
  assert.deepEqual(cutsBy("natural", [2, 2, NaN]), []);
  assert.equal(shortestBetween(0.3487, 0.3512), 0.35);
  assert.deepEqual(spread(["a", "b", "c", "d", "e"], 3), ["a", "c", "e"]);
});

test("meridians are labeled where they enter the view, also straight ones", async () => {
  const { graticuleOf } = await module("furniture");
  const graticule = { meridians: [100], parallels: [30] };
  const study = { graticule: [[[5, -90], [5, 90]], [[-90, 2], [90, 2]]], ground: { graticule, frame: [0, 0, 10, 10] } };
  const wording = { say: (key, { value }) => `${key} ${value}` };
  const [meridian, parallel] = graticuleOf(study, wording);
  assert.equal(meridian.label, "degrees_east 100");
  const [[x, y], [right, low]] = [meridian.places[0], parallel.places[0]];
  assert.ok(x === 5 && y >= 0 && y < 7);
  assert.ok(low === 2 && right > 3 && right <= 10);
});

test("a field with two forms is the first where its value is one", async () => {
  const { Wording } = await module("wording");
  const said = new Wording({ en: { told: "{count} {count:region|regions} of {all}" } }, "en");
  assert.equal(said.say("told", { count: 1, all: "{count}" }), "1 region of {count}");
  assert.equal(said.say("told", { count: "31", all: 34 }), "31 regions of 34");
});

test("letters on a color are of the ink that stands out more", async () => {
  const { wantsWhite } = await module("ground");
  const light = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const steps = Array.from({ length: 18 }, (_, place) => 15 * place);
  const grays = Array.from({ length: 256 }, (_, level) => [level, level, level]);
  const mixed = steps.flatMap((red) => steps.flatMap((green) => steps.map((blue) => [red, green, blue])));
  for (const channels of [...grays, ...mixed]) {
    const [red, green, blue] = channels.map((channel) => light(channel / 255));
    const ground = 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
    const color = `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
    assert.equal(wantsWhite(color), 1.05 / ground > ground / 0.05, color);
  }
});
