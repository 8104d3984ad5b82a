// What if the weights were others: sliders that recompute composite, grade and rank at once.

import { weightedMean } from "./codec.js";
import { byId, keepFile, make } from "./dom.js";
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
    this.save = make("button", { type: "button", class: "framed", id: "save_study" });
    this.save.addEventListener("click", () => keepFile(new Blob([weightsText(study, this.weights)], { type: "text/plain;charset=utf-8" }), "weights.toml"));
    byId("whatif_body").replaceChildren(this.told, this.kept, this.changes, make("p", { class: "row" }, this.reset, this.save), ...rows);
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
    this.adopted = this.isOwn() ? scenarioText(weights) : null;
    state.set({ scenario: this.adopted });
  }

  /** Try the weights that the state names, be it by an address. */
  adopt() {
    const { state } = this;
    if (this.node.hidden || state.scenario === (this.adopted ?? null)) return;
    const weights = state.scenario === null ? this.used : weightsIn(state.scenario, this.used);
    if (weights) this.use(weights);
    else state.set({ scenario: this.adopted ?? null });
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
    this.save.textContent = wording.say("save_study");
    for (const button of [this.reset, this.save]) button.hidden = !this.isOwn();
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

/** Weights as an address holds them. */
const scenarioText = (weights) => [...weights].map(([code, weight]) => `${code}:${Number(weight.toPrecision(9))}`).join();

/** Weights of an address, summing to 1; null where one is missing, strange, negative or no number. */
export function weightsIn(text, used) {
  const given = new Map(
    text.split(",").map((part) => {
      const at = part.lastIndexOf(":");
      return [part.slice(0, at), part.slice(at + 1).trim() ? Number(part.slice(at + 1)) : NaN];
    }),
  );
  const values = [...used.keys()].map((code) => given.get(code) ?? NaN);
  const total = values.reduce((sum, weight) => sum + weight, 0);
  if (given.size !== used.size || !values.every((weight) => weight >= 0 && weight <= 1e6) || !(total > 0)) return null;
  return new Map([...used.keys()].map((code, place) => [code, Math.abs(total - 1) < 1e-6 ? values[place] : values[place] / total]));
}

/** The weights that are tried by the names of their indicators, or by codes where those are many. */
export function weightsTold(study, wording, state, most = 12) {
  const weights = state.scenario.split(",").map((part) => [part.slice(0, part.lastIndexOf(":")), Number(part.slice(part.lastIndexOf(":") + 1))]);
  const name = (code) => (weights.length > most ? code : wording.pick(study.indicatorByCode.get(code).name));
  return wording.list(weights.map(([code, weight]) => `${name(code)} ${wording.number(weight)}`));
}

/** The [weights] section of a study file: six decimals that sum to 1. */
export function weightsText(study, weights) {
  const steps = [...weights].map(([code, weight]) => [code, Math.round(1e6 * weight)]);
  const largest = steps.reduce((one, other) => (other[1] > one[1] ? other : one));
  largest[1] += 1e6 - steps.reduce((sum, [, step]) => sum + step, 0);
  const key = (code) => (/^[\w-]+$/.test(code) && code.charCodeAt() < 128 ? code : JSON.stringify(code));
  return `[weights]\nmethod = "own"\n\n[weights.values]\n${steps.map(([code, step]) => `${key(code)} = ${(step / 1e6).toFixed(6)}\n`).join("")}`;
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
