// Classes chosen in the page: fixed steps, equal counts, natural breaks; the same in every year.

import { ticksOf } from "./charts.js";

/** So many classes where counts or breaks make them. */
const COUNT = 5;

/** Above so many different values, natural breaks are sought among groups of them. */
const MOST_VALUES = 1000;

/** The shortest decimal above one number and at most at another. */
export function shortestBetween(low, high) {
  const middle = low + (high - low) / 2;
  const top = Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high), high - low)));
  for (let power = top; power > top - 17; power--) {
    const nearest = Number(`${Math.round(middle / 10 ** power)}e${power}`);
    if (low < nearest && nearest <= high) return nearest;
  }
  return high;
}

/** Cut points so that every class holds about as many values; one may move by a hundredth of them to be shorter. */
function quantileCuts(ordered) {
  const { length } = ordered;
  const slack = Math.floor(length / 100);
  const above = ordered.findIndex((value) => value > ordered[0]);
  const cuts = new Set();
  for (let index = 1; index < COUNT; index++) {
    const value = ordered[Math.min(Math.round((index * length) / COUNT), length - 1)];
    const start = Math.max(ordered.indexOf(value), above);
    cuts.add(shortestBetween(ordered[Math.max(start - 1 - slack, 0)], ordered[Math.min(start + slack, length - 1)]));
  }
  return [...cuts].sort((a, b) => a - b);
}

/** Cut points with the least squared distance from the means of the classes (Fisher 1958). */
function naturalCuts(ordered) {
  const all = [...ordered.keys()].filter((place) => !place || ordered[place] > ordered[place - 1]);
  const every = (all.length - 1) / (MOST_VALUES - 1);
  const starts = all.length > MOST_VALUES ? Array.from({ length: MOST_VALUES }, (_, place) => all[Math.round(place * every)]) : all;
  const ends = [...starts.slice(1), ordered.length];
  const mean = ordered.reduce((sum, value) => sum + value / ordered.length, 0);
  const [sums, squares] = [[0], [0]];
  ordered.forEach((value, place) => {
    sums.push(sums[place] + value - mean);
    squares.push(squares[place] + (value - mean) ** 2);
  });
  const cost = (from, to) => squares[to] - squares[from] - (sums[to] - sums[from]) ** 2 / (to - from);
  let best = ends.map((end) => cost(0, end));
  const chosen = [];
  for (let number = 1; number < Math.min(COUNT, starts.length); number++) {
    const improved = starts.map(() => Infinity);
    const begins = starts.map(() => 0);
    for (let last = number; last < starts.length; last++) {
      for (let begin = number; begin <= last; begin++) {
        const found = best[begin - 1] + cost(starts[begin], ends[last]);
        if (found < improved[last]) [improved[last], begins[last]] = [found, begin];
      }
    }
    best = improved;
    chosen.push(begins);
  }
  const cuts = [];
  let last = starts.length - 1;
  for (const begins of chosen.reverse()) {
    const start = starts[begins[last]];
    cuts.unshift(shortestBetween(ordered[start - 1], ordered[start]));
    last = begins[last] - 1;
  }
  return cuts;
}

/** Round steps within the values. */
const fixedCuts = (ordered) => ticksOf(ordered[0], ordered.at(-1)).filter((tick) => tick > ordered[0] && tick <= ordered.at(-1));

const METHODS = { fixed: fixedCuts, quantile: quantileCuts, natural: naturalCuts };

/** The ways in the order in which they are offered. */
export const WAYS = Object.keys(METHODS);

/** How a layer is classed by itself. */
export const ownWay = ({ read }) => ({ raw: "quantile", quantile: "quantile", quantile_once: "quantile", jenks: "natural" })[read] || "fixed";

/** Whether other classes can be chosen for a layer: those of numbers alone, without names. */
export const isClassable = ({ kind, labels, codes, cuts }) => kind === "classes" && !labels && !codes && cuts.length > 0;

/** Cut points of values by a way. */
export function cutsBy(way, values) {
  const ordered = [...values].filter(Number.isFinite).sort((a, b) => a - b);
  return ordered.length && ordered[0] < ordered.at(-1) ? METHODS[way](ordered) : [];
}

/** So many colors of a ramp, its ends among them. */
export const spread = (ramp, count) => Array.from({ length: count }, (_, place) => ramp[count > 1 ? Math.round((place * (ramp.length - 1)) / (count - 1)) : ramp.length >> 1]);
