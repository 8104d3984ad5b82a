// Sources and notes: what the figures are, how near each indicator comes, what was decided.

import { byId, make } from "./dom.js";

export function openNotes(study, wording) {
  const source = wording.pick(study.source);
  const sections = source ? [make("p", {}, wording.say("source_line", { text: source }))] : [];
  const notes = wording.pick(study.notes);
  if (notes.length) {
    sections.push(make("h3", {}, wording.say("notes")), make("ul", {}, ...notes.map((note) => make("li", {}, note))));
  }
  if (study.indicators.length) {
    sections.push(make("h3", {}, wording.say("indicators")), indicatorTable(study, wording));
  }
  sections.push(make("h3", {}, wording.say("about_map")), ...[...wording.pick(study.base.shown), wording.pick(study.ground.about)].map((told) => make("p", {}, told)));
  byId("dialog_title").textContent = wording.say("sources_notes");
  byId("dialog_body").replaceChildren(...sections);
  byId("dialog").showModal();
}

function indicatorTable(study, wording) {
  const columns = ["code", "indicator", "unit", "direction", "weight", "fidelity", "definition"];
  const head = make("tr", {}, ...columns.map((name) => make("th", { scope: "col" }, wording.say(`column_${name}`))));
  const rows = study.indicators.map((indicator) => {
    const weight = indicator.weight === null ? "" : wording.number(indicator.weight, 3);
    const cells = [
      indicator.code,
      wording.pick(indicator.name),
      wording.pick(indicator.unit),
      indicator.direction,
      weight,
      wording.pick(indicator.fidelity),
    ];
    const definition = make("td", { class: "long" }, wording.pick(indicator.definition));
    if (indicator.role) cells[1] = wording.say("with_role", { name: cells[1], role: wording.pick(indicator.role) });
    const source = wording.pick(indicator.source);
    if (source) definition.append(make("span", { class: "muted block" }, source));
    return make("tr", {}, ...cells.map((cell) => make("td", {}, cell)), definition);
  });
  return make("div", { class: "scroll", tabindex: 0 }, make("table", { class: "plain" }, make("thead", {}, head), make("tbody", {}, ...rows)));
}
