// The panel at the side: all regions together, the one that is chosen, or the table.

import { pickedPart } from "./brush.js";
import { byId, labelButton, make } from "./dom.js";
import { nationSections } from "./nation.js";
import { regionSections } from "./profile.js";
import { tableSections } from "./table.js";
import { valueText } from "./tooltip.js";

export class Panel {
  constructor(study, wording, state) {
    Object.assign(this, { study, wording, state });
    this.body = byId("panel_body");
    this.title = byId("panel_title");
    this.back = byId("panel_back");
    this.sheet = byId("panel_sheet");
    this.back.addEventListener("click", () => state.set(state.table ? { table: false } : { region: null }));
    this.sheet.addEventListener("click", () => this.unfold(!document.body.classList.contains("sheet")));
  }

  /** On a narrow screen the panel is a sheet that slides up. */
  unfold(open) {
    document.body.classList.toggle("sheet", open);
    this.sheet.setAttribute("aria-expanded", String(open));
  }

  refresh() {
    const { study, wording, state } = this;
    const chosen = state.region !== null && !state.table;
    const all = wording.say(state.table ? "table_of" : "all_regions", { count: study.size - (state.table ? 0 : study.excluded.length) });
    const title = chosen ? wording.pick(study.names)[state.region] : all;
    document.body.classList.toggle("wide", state.table);
    this.title.replaceChildren(title);
    labelButton(this.back, wording.say("close"));
    this.back.hidden = !chosen && !state.table;
    this.sheet.replaceChildren(make("b", {}, title), make("span", { class: "muted" }, this.brief(chosen)));
    const sections = state.table ? tableSections : chosen ? regionSections : nationSections;
    const kind = state.table ? "table" : chosen ? `region ${state.region}` : "nation";
    const height = this.kind === kind ? this.body.scrollTop : 0;
    this.body.replaceChildren(...(state.brushed ? [pickedPart(study, wording, state)] : []), ...sections(study, wording, state));
    if (height || this.kind !== kind) this.body.scrollTop = height;
    if (kind === "table" && this.kind !== kind) this.unfold(true);
    this.kind = kind;
    this.mark();
  }

  /** The line that the folded sheet shows. */
  brief(chosen) {
    const { study, wording, state } = this;
    const layer = study.layerOf(state);
    if (!chosen) return wording.say("ranking");
    const number = study.classOf(layer, state.region, state);
    const value = valueText(wording, layer, study.value(layer, state.region, state));
    const label = number >= 0 && layer.labels ? wording.pick(layer.labels[number]) : "";
    return layer.kind === "categories" && label ? label : wording.clauses([label, value]);
  }

  /** Show in lists and charts which region the pointer is on. */
  mark() {
    const { hovered } = this.state;
    for (const node of this.body.querySelectorAll(".hovered")) node.classList.remove("hovered");
    for (const chart of this.body.querySelectorAll(".growth")) chart.follow(hovered);
    if (hovered === null) return;
    for (const node of this.body.querySelectorAll(`[data-region="${hovered}"]`)) node.classList.add("hovered");
  }

  /** Bring the row of a region that was chosen on the map into sight. */
  reveal(region) {
    if (region === null || region === this.revealed) return;
    this.revealed = region;
    const row = this.state.table && this.body.querySelector(`tr[data-region="${region}"]`);
    if (row) row.scrollIntoView({ block: "nearest" });
  }
}
