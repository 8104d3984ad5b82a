// The study as the page holds it: columns by region and year, classes, ranks, means.

import { addPairs } from "./bivariate.js";
import { cutsBy, isClassable, ownWay, spread } from "./classes.js";
import { lay } from "./forms.js";
import { unpackArcs, unpackColumn, unpackLines, unpackLinks, unpackNumbers, unpackPoints, unpackRings, unpackShapes, walk } from "./codec.js";

/** What a layer is unless it says otherwise. */
const PLAIN = { codes: null, cuts: null, labels: null, digits: 3, ordered: true, of: null };

/** So much finer than the grid the lines of a base map are written. */
const FINER = 10;

/** What layers of one group say once, at the first of them. */
const SHARED = ["cuts", "colors", "labels", "read", "digits", "ordered", "by", "unit", "none"];

export class Study {
  constructor(data) {
    Object.assign(this, data, { data });
    this.unpacked = new Map();
    this.counted = new Map();
    this.before = new Map();
    this.reclassed = new Map();
    this.extents = new Map();
    this.arcs = unpackArcs(data.ground.arcs, data.ground.scale);
    this.shapes = unpackShapes(data.ground.shapes);
    this.anchors = unpackPoints(data.ground.anchors, data.ground.scale, 3);
    this.size = data.keys.length;
    this.span = Math.max(data.years.length, 1);
    this.scenario = new Map();
    this.asked = null;
    this.indicatorByCode = new Map(data.indicators.map((indicator) => [indicator.code, indicator]));
    this.layers = data.layers.map((layer) => this.completed(layer));
    this.layerById = new Map(this.layers.map((layer) => [layer.id, layer]));
    this.certainty = this.layers.find(({ shares }) => shares) || null;
    this.obstacles = (this.layers.find(({ obstacles }) => obstacles) || { obstacles: [] }).obstacles;
    this.codeOf = new Map(data.indicators.map(({ code, scaled }) => [scaled, code]));
    this.regions = data.keys.map((_, region) => region);
    this.neighbors = data.links && unpackLinks(data.links);
    const { scale, graticule, context, areas, lines } = data.ground;
    this.areas = areas.map((_, place) => this.size + place);
    this.lines = lines.map(({ style, points }) => ({ style, line: unpackLines(points, scale / FINER)[0] }));
    this.graticule = graticule ? unpackLines(graticule.lines, scale) : [];
    this.context = context.map((layer) => ({
      ...layer,
      lines: layer.lines ? unpackLines(layer.lines, scale) : [],
      areas: layer.areas ? unpackLines(layer.areas, scale) : [],
      points: layer.points ? unpackPoints(layer.points, scale) : [],
    }));
    this.ellipses = data.ellipses.map((each) => ({
      ...each,
      rings: unpackRings(each.rings, each.waves, scale),
      centers: unpackPoints(each.centers, scale),
    }));
    this.alike = new Map();
    this.pairs = new Map();
    addPairs(this, classOfValue);
    this.zones = data.outlines.find(({ groups }) => groups.length > 1) || null;
    this.forms = null;
    lay(this, null);
  }

  /** A layer with all that it takes for granted. */
  completed(layer) {
    const { name, unit, measure } = this.indicatorByCode.get(layer.indicator) || {};
    const own = { name, ...(layer.group === "raw" ? { unit, measure } : { unit: null }), column: layer.id, colors: this.grades };
    const model = this.data.layers.find(({ id }) => id === layer.like) || {};
    for (const field of SHARED) if (field in model) own[field] = model[field];
    if (layer.tenths) {
      const [low, high] = layer.tenths;
      own.colors = this.tenths.slice(low, high + 1);
      own.cuts = own.colors.slice(1).map((_, place) => (low + place + 1) / 10);
    }
    return { ...PLAIN, ...own, ...layer };
  }

  /** The layer that is shown, in the classes chosen for it. */
  layerOf({ layer: id, classes }) {
    const layer = this.layerById.get(id);
    return classes && classes !== ownWay(layer) && isClassable(layer) ? this.classed(layer, classes) : layer;
  }

  /** A layer in classes that a way makes of its values in all years. */
  classed(layer, way) {
    const key = `${way} ${layer.id}`;
    if (!this.reclassed.has(key)) {
      const cuts = cutsBy(way, this.original(layer.column));
      const colors = spread(cuts.length < this.grades.length ? this.grades : this.tenths, cuts.length + 1);
      this.reclassed.set(key, { ...layer, cuts, colors, read: `classes_${way}` });
    }
    return this.reclassed.get(key);
  }

  /** Whether less than half of the draws agree with the grade that is shown. */
  isDoubtful(layer, region, { year }) {
    if (layer.kind !== "grades" || !this.certainty || this.isTried(layer)) return false;
    return this.at(this.certainty.codes, region, year) % this.certainty.steps.length === 0;
  }

  /** Whether only the correction for many tests keeps a region out of the clusters. */
  isNearly({ nearly }, region, { year }) {
    if (!nearly) return false;
    if (!this.unpacked.has(nearly)) {
      let place = 0;
      this.unpacked.set(nearly, new Set([...unpackNumbers(nearly)].map((step) => (place += step))));
    }
    return this.unpacked.get(nearly).has(region * this.span + year);
  }

  /** Whether a layer that looks for something found it nowhere in any year. */
  isEmpty({ none, codes }) {
    return none !== undefined && this.original(codes).every((code) => !(code < none) && !(none === 0 && code > 0));
  }

  /** Whether a layer of totals is drawn as circles: so on the map, unless areas are asked for. */
  isCircled(layer, { as }) {
    return this.canCircle(layer) && as !== "areas" && !this.form;
  }

  /** What regions are called on what is drawn. */
  namesOn(wording) {
    return (this.letters && this.letters[wording.language]) || wording.pick(this.names);
  }

  canCircle(layer) {
    return layer.measure === "total" && layer.kind === "classes" && this.extent(layer)[0] >= 0;
  }

  /** The least and the greatest value of a layer in all years. */
  extent({ column }) {
    if (!this.extents.has(column)) {
      let [low, high] = [Infinity, -Infinity];
      for (const value of this.original(column)) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
      this.extents.set(column, [low, high]);
    }
    return this.extents.get(column);
  }

  /** The three first and the three last by what is shown; by the main column where that is a category. */
  ends(layer, state) {
    const main = this.layerById.get(this.main);
    const ranked = this.ranked(layer.kind === "categories" && main ? main : layer, state).map(({ region }) => region);
    if (layer.kind === "categories" && !main) return [];
    const [first, last] = [ranked.slice(0, 3), ranked.slice(3).slice(-3).reverse()];
    return first.flatMap((region, place) => [region, last[place]]).filter((region) => region !== undefined);
  }

  /** The parts of a region that the map draws; those beyond its frame are drawn in the inset alone. */
  partsOf(region) {
    const { frame, inset } = this.ground;
    return inset ? this.shapes[region].filter(([shell]) => this.touches(shell, frame)) : this.shapes[region];
  }

  /** Whether any point of a ring lies in a box. */
  touches(ring, [west, south, east, north]) {
    let isIn = false;
    walk(this.arcs, ring, (x, y) => (isIn ||= x >= west && x <= east && y >= south && y <= north));
    return isIn;
  }

  /** Values of a column as the study has them; unpacked when first asked for. */
  original(name) {
    if (!this.unpacked.has(name)) {
      const column = this.data.columns[name];
      this.unpacked.set(name, column && unpackColumn(column, this.data.columns));
    }
    return this.unpacked.get(name);
  }

  /** Values of a column, of the scenario where one is being tried. */
  column(name) {
    return this.scenario.get(name) || this.original(name);
  }

  /** Whether a layer shows the scenario that is being tried. */
  isTried(layer) {
    return this.scenario.has(layer.column) || this.scenario.has(layer.codes);
  }

  at(name, region, year) {
    const column = this.column(name);
    return column ? column[region * this.span + year] : NaN;
  }

  /** The part of the partition (a zone, say) that a region lies in; null without one. */
  zoneOf(region) {
    return (this.zones && this.zones.groups.find(({ members }) => members.includes(region))) || null;
  }

  /** What a layer shows of a region: a value, or the difference to the base year. */
  value(layer, region, state) {
    const value = this.at(layer.column, region, state.year);
    if (layer.kind !== "change") return value;
    return value - this.at(layer.column, region, state.base);
  }

  /** Whether what a layer shows depends on the first year of a change. */
  isSince({ id, kind }) {
    return kind === "change" || this.pairs.get(id)?.of.kind === "change";
  }

  /** Number of the class of a region, -1 without data. */
  classOf(layer, region, state) {
    const pair = this.pairs.get(layer.id);
    if (pair) return pair.classOf(region, state);
    if (layer.codes) {
      const code = this.at(layer.codes, region, state.year);
      return Number.isFinite(code) ? code : -1;
    }
    return classOfValue(this.value(layer, region, state), layer.cuts);
  }

  color(layer, region, state) {
    const number = this.classOf(layer, region, state);
    return number < 0 ? null : layer.colors[number];
  }

  /** Regions in each class, and last those without data. */
  counts(layer, state) {
    const key = [layer.id, layer.cuts, state.year, this.isSince(layer) && state.base, this.scenario.size].join();
    if (this.scenario.size || !this.counted.has(key)) {
      const counts = new Array(layer.colors.length + 1).fill(0);
      for (const region of this.regions) {
        const number = this.classOf(layer, region, state);
        counts[number < 0 ? layer.colors.length : number] += 1;
      }
      this.counted.set(key, counts);
    }
    return this.counted.get(key);
  }

  /** Regions that have a value, greatest first, each with its rank; ties share the better. */
  ranked(layer, state) {
    const asked = [layer.id, state.year, state.base, state.scenario].join();
    if (this.asked !== asked) {
      const valued = this.regions
        .map((region) => ({ region, value: this.value(layer, region, state) }))
        .filter(({ value }) => Number.isFinite(value));
      valued.sort((a, b) => b.value - a.value || a.region - b.region);
      valued.forEach((entry, place) => {
        const before = valued[place - 1];
        entry.rank = before && before.value === entry.value ? before.rank : place + 1;
      });
      this.ranks = new Map(valued.map(({ region, rank }) => [region, rank]));
      Object.assign(this, { asked, order: valued });
    }
    return this.order;
  }

  /** Rank within the year, null without a value. */
  rank(layer, region, state) {
    this.ranked(layer, state);
    return this.ranks.get(region) || null;
  }

  /** Rank of a region in the study itself, whatever is being tried. */
  rankBefore(region, year) {
    if (!this.before.has(year)) {
      const values = this.original(this.main);
      const known = this.regions.map((each) => values[each * this.span + year]);
      const ranks = new Map();
      Float64Array.from(known.filter(Number.isFinite)).sort().reverse().forEach((value, place) => ranks.has(value) || ranks.set(value, place + 1));
      this.before.set(year, known.map((value) => ranks.get(value) ?? null));
    }
    return this.before.get(year)[region];
  }

  mean(name, year, members = this.regions) {
    let sum = 0;
    let count = 0;
    for (const region of members) {
      const value = this.at(name, region, year);
      if (Number.isFinite(value)) {
        sum += value;
        count += 1;
      }
    }
    return count ? sum / count : NaN;
  }

  /** Whether the study leaves the region out in this year. */
  isBare(region, year) {
    return !Number.isFinite(this.at(this.main, region, year));
  }

  yearName(year) {
    return this.years.length ? String(this.years[year]) : "";
  }
}

/** As many as there are cut points at or below the value. */
export function classOfValue(value, cuts) {
  if (!Number.isFinite(value)) return -1;
  let number = 0;
  while (number < cuts.length && cuts[number] <= value) number += 1;
  return number;
}
