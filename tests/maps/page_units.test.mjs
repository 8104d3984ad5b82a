// Units of the page's modules, run by node without a browser.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

const folder = new URL("../../geo_resilience/maps/assets/", import.meta.url);
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
  assert.deepEqual(unpackNumbers("ACDgBhZ"), [0, 1, -1, 16, -400]);
});

test("columns are unpacked in each form", async () => {
  const { unpackColumn } = await module("codec");
  const bytes = (array) => Buffer.from(array.buffer).toString("base64");
  const d = unpackColumn({ form: "d", data: bytes(new Float64Array([0.1, NaN])) });
  assert.equal(d[0], 0.1);
  assert.ok(Number.isNaN(d[1]));
  const u = { form: "u", data: bytes(new Uint32Array([500000000, 4294967295])) };
  assert.deepEqual([...unpackColumn(u)].map(String), ["0.5", "NaN"]);
  const columns = { base: { form: "u", data: bytes(new Uint32Array([0, 1e9, 5e8])) } };
  const line = { form: "l", of: "base", low: 10, high: 20, places: "C", data: bytes(new Float64Array([99])) };
  assert.deepEqual([...unpackColumn(line, columns)], [10, 99, 15]);
  const mean = { form: "w", weights: { base: 3 } };
  assert.deepEqual([...unpackColumn(mean, columns)], [0, 1, 0.5]);
});

test("a border shared by two members is no outline", async () => {
  const { borderArcs, ringOf } = await module("codec");
  const shapes = [[[[0, 1]]], [[[-1, 2]]]];
  assert.deepEqual(borderArcs(shapes, [0, 1]).sort(), [1, 2]);
  assert.deepEqual(borderArcs(shapes, [0]).sort(), [0, 1]);
  const arcs = [[[1, 1], [1, 0]], [[1, 0], [0, 0], [0, 1], [1, 1]]];
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
  const { findRegion } = await module("toolbar");
  const study = { keys: ["01", "02"], names: { en: ["Shanxi", "Shaanxi"], zh: ["山西", "陕西"] }, regions: [0, 1] };
  assert.equal(findRegion(study, "shanxi"), 0);
  assert.equal(findRegion(study, "陕西"), 1);
  assert.equal(findRegion(study, "02"), 1);
  assert.equal(findRegion(study, "sha"), null);
  assert.equal(findRegion(study, "shaa"), 1);
});

test("arrows move to the region that lies that way", async () => {
  const { nearestThatWay } = await module("reach");
  const study = { ground: { anchors: [[0, 0, 1], [10, 1, 1], [0, 8, 1], [4, 40, 1]] } };
  assert.equal(nearestThatWay(study, 0, [1, 0]), 1);
  assert.equal(nearestThatWay(study, 0, [0, 1]), 2);
  assert.equal(nearestThatWay(study, 0, [-1, 0]), null);
});
