// The one sentence under the title, computed from what is shown.

import { make } from "./dom.js";
import { layerName, valueText } from "./tooltip.js";

/** Said of what a scenario leaves as the study has it; nothing without a scenario. */
export const ofStudy = (study, wording) => (study.scenario.size ? [make("p", { class: "muted of-study" }, wording.say("of_study"))] : []);

/** The same in a few words behind what is said in passing. */
export const inStudy = (study, wording, text) => (text && study.scenario.size ? wording.say("in_study", { name: text }) : text);

export function sentence(study, wording, state) {
  const layer = study.layerOf(state);
  const year = layer.still ? "" : study.yearName(state.year);
  const body = study.size === 0 ? "" : bodyOf(study, wording, state, layer);
  const plain = year ? wording.say("sentence_year", { year, text: body }) : body;
  const told = study.isTried(layer) ? wording.say("scenario_sentence", { text: plain }) : plain;
  return study.subtitle ? `${wording.pick(study.subtitle)} ${told}` : told;
}

function bodyOf(study, wording, state, layer) {
  if (layer.kind === "grades") {
    const counts = gradeCounts(study, wording, state, layer);
    const gap = gapText(study, wording, state) || endsText(study, wording, state, layer);
    return wording.say("sentence_two", { first: counts, second: gap });
  }
  if (layer.kind === "categories") return gradeCounts(study, wording, state, layer);
  const name = layerName(study, wording, state, layer);
  if (name === wording.pick(study.title)) return endsText(study, wording, state, layer);
  return wording.say("sentence_named", { name, text: endsText(study, wording, state, layer) });
}

function gradeCounts(study, wording, state, layer) {
  const counts = study.counts(layer, state);
  const order = layer.labels.map((_, number) => number).filter((number) => counts[number]);
  const graded = layer.kind === "grades" || layer.ordered;
  if (layer.kind === "grades") order.reverse();
  if (!graded) order.sort((one, other) => counts[other] - counts[one]);
  const key = graded ? "count_of" : "count_in";
  const told = order.map((number) => wording.say(key, { count: counts[number], label: wording.pick(layer.labels[number]) }));
  return told.some((text) => text.includes(wording.say("comma"))) ? told.join(wording.say("semicolon")) : wording.list(told);
}

function gapText(study, wording, state) {
  const gap = (study.gaps.east_west_gap || { values: [] }).values[state.year] ?? null;
  if (gap === null || study.scenario.size) return "";
  return wording.say(gap >= 0 ? "gap_above" : "gap_below", { gap: wording.number(Math.abs(gap), 2) });
}

function endsText(study, wording, state, layer) {
  const ranked = study.ranked(layer, state);
  if (!ranked.length) return wording.say("no_data");
  const names = wording.pick(study.names);
  const told = ({ region, value }) =>
    wording.say("name_value", { name: names[region], value: valueText(wording, layer, value) });
  if (ranked.length === 1) return told(ranked[0]);
  return wording.say("ends", { high: told(ranked[0]), low: told(ranked[ranked.length - 1]) });
}
