// What if the weights were others: sliders that recompute composite, grade and rank at once.

import { weightedMean } from "./codec.js";
import { byId, make } from "./dom.js";
import { classOfValue } from "./study.js";

/** So many changes are told one by one. */
const MOST_CHANGES = 8;

export class Scenario {
  constructor(study, wording, state) {
    Object.assign(this, { study, wording, state, sliders: new Map() });
    this.node = byId("whatif");
    const { form, weights } = study.data.columns[study.main];
    this.node.hidden = form !== "w";
    if (form !== "w") return;
    const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    this.used = new Map(study.indicators.map(({ code, scaled }) => [code, (weights[scaled] || 0) / total]));
    this.weights = new Map(this.used);
    this.build();
  }

  codesOf(dimension) {
    return this.study.indicators.filter((each) => each.dimension === dimension).map(({ code }) => code);
  }

  build() {
    const { study } = this;
    this.told = make("p", { class: "muted" });
    this.kept = make("p", { class: "muted", hidden: study.layerById.get("grade").read !== "grade_relative" });
    this.reset = make("button", { type: "button", class: "text" });
    this.reset.addEventListener("click", () => this.use(this.used));
    const rows = study.dimensions.flatMap(({ code }) => {
      const codes = this.codesOf(code);
      return [this.slider(code, codes, "strong"), ...codes.map((each) => this.slider(each, [each], ""))];
    });
    this.changes = make("ul", { class: "changes muted" });
    byId("whatif_body").replaceChildren(this.told, this.kept, this.changes, this.reset, ...rows);
  }

  /** A slider moves the weight of its codes together; all others share what is left. */
  slider(id, codes, kind) {
    const input = make("input", { type: "range", min: 0, max: 1, step: 0.005 });
    const [name, value] = [make("span", { class: "label" }), make("span", { class: "value" })];
    input.addEventListener("input", () => this.use(moved(this.weights, codes, Number(input.value))));
    this.sliders.set(id, { input, name, value, codes });
    return make("label", { class: `weight ${kind}` }, name, value, input);
  }

  use(weights) {
    const { study, state } = this;
    this.weights = weights;
    study.scenario = this.isOwn() ? scenarioColumns(study, weights, (code) => this.codesOf(code)) : new Map();
    state.set({ scenario: this.isOwn() ? [...weights.values()].join(" ") : null });
  }

  isOwn() {
    return [...this.weights].some(([code, weight]) => Math.abs(weight - this.used.get(code)) > 1e-12);
  }

  refresh() {
    if (this.node.hidden) return;
    const { study, wording, state } = this;
    const named = [...study.dimensions, ...study.indicators];
    for (const { code, name } of named) {
      const slider = this.sliders.get(code);
      if (!slider) continue;
      const weight = sumOf(this.weights, slider.codes);
      slider.input.value = weight;
      slider.name.textContent = wording.pick(name);
      slider.value.textContent = wording.number(weight);
    }
    this.reset.textContent = wording.say("reset_weights");
    this.reset.hidden = !this.isOwn();
    this.told.textContent = wording.say(this.isOwn() ? "scenario_told" : "scenario_read", {
      count: study.regions.filter((region) => this.differs(region, state.year)).length,
    });
    this.kept.textContent = wording.say("scenario_cuts");
    this.changes.replaceChildren(...(this.isOwn() ? this.changed() : []));
  }

  /** What changed: other grades first, then who moved most in rank. */
  changed() {
    const { study, wording, state } = this;
    const names = wording.pick(study.names);
    const { labels } = study.layerById.get("grade");
    const layer = study.layerById.get("composite");
    const moves = study.regions
      .map((region) => ({
        region,
        before: study.rankBefore(region, state.year),
        now: study.rank(layer, region, state),
        regraded: this.differs(region, state.year),
      }))
      .filter(({ before, now, regraded }) => regraded || (before && now && before !== now));
    const size = ({ before, now }) => Math.abs(before - now);
    moves.sort((a, b) => b.regraded - a.regraded || size(b) - size(a) || a.region - b.region);
    return moves.slice(0, MOST_CHANGES).map(({ region, before, now, regraded }) => {
      const place = region * study.span + state.year;
      const [from, to] = [study.original("grade")[place], study.column("grade")[place]];
      const parts = [before === now ? "" : wording.say("rank_moved", { before, now })];
      const graded = { before: wording.pick(labels[from]), now: wording.pick(labels[to]) };
      if (regraded) parts.unshift(wording.say("grade_moved", graded));
      return make("li", {}, wording.say("sentence_named", { name: names[region], text: wording.clauses(parts) }));
    });
  }

  /** Whether the scenario gives a region another grade. */
  differs(region, year) {
    const place = region * this.study.span + year;
    return this.study.column("grade")[place] !== this.study.original("grade")[place];
  }
}

const sumOf = (weights, codes) => codes.reduce((sum, code) => sum + weights.get(code), 0);

/** Weights with some codes at a new sum and the rest scaled, so that all sum to 1. */
export function moved(weights, codes, target) {
  const now = sumOf(weights, codes);
  const rest = weights.size - codes.length;
  return new Map(
    [...weights].map(([code, weight]) => {
      if (codes.includes(code)) return [code, now > 0 ? (weight * target) / now : target / codes.length];
      return [code, now < 1 ? (weight * (1 - target)) / (1 - now) : (1 - target) / rest];
    }),
  );
}

/** Composite, dimension scores and grades under other weights. */
export function scenarioColumns(study, weights, codesOf) {
  const column = (code) => study.original(study.indicatorByCode.get(code).scaled);
  const mean = (codes) => weightedMean(Object.fromEntries(codes.map((code) => [code, weights.get(code)])), column);
  const composite = mean([...weights.keys()]);
  const { cuts } = study.layerById.get("grade");
  const found = new Map([["composite", composite]]);
  found.set("grade", composite.map((value) => classOfValue(Math.round(value * 1e12) / 1e12, cuts)));
  for (const { code } of study.dimensions) {
    if (sumOf(weights, codesOf(code)) > 0) found.set(code, mean(codesOf(code)));
  }
  return found;
}
