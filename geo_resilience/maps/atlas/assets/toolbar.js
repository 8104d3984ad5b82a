// The row of controls: what is shown, outlines, search, language, theme, notes.

import { byId, labelButton, make } from "./dom.js";
import { openNotes } from "./notes.js";
import { Picker } from "./picker.js";
import { inStudy } from "./sentence.js";
import { offer, regionsFound } from "./search.js";

/** The theme that was chosen, or the one the system prefers. */
export function isDark(state) {
  if (state.theme) return state.theme === "dark";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

export class Toolbar {
  constructor(study, wording, state, ground, furniture) {
    Object.assign(this, { study, wording, state, ground, furniture });
    const pick = (id, act) => byId(id).addEventListener("click", act);
    this.picker = new Picker(study, wording, state);
    byId("base").addEventListener("change", (event) => state.set({ base: Number(event.target.value) }));
    pick("language", () => state.set({ language: this.nextLanguage() }));
    pick("theme", () => state.set({ theme: isDark(state) ? "light" : "dark" }));
    pick("reset", () => {
      ground.frame();
      state.set({ place: null });
    });
    pick("closer", () => ground.map.zoomIn());
    pick("farther", () => ground.map.zoomOut());
    pick("table", () => state.set({ table: !state.table }));
    pick("more", () => this.unfold(!document.body.classList.contains("more")));
    pick("notes", () => openNotes(study, wording));
    byId("search").addEventListener("change", (event) => this.find(event.target));
    byId("search").addEventListener("input", (event) => {
      byId("search_told").hidden = true;
      offer(byId("names"), study, wording, event.target.value);
      if (event.inputType === "insertReplacementText" || !event.inputType) this.find(event.target);
    });
    document.addEventListener("click", (event) => this.closeMenus(event.target));
  }

  nextLanguage() {
    const { languages, language } = this.wording;
    return languages[(languages.indexOf(language) + 1) % languages.length];
  }

  closeMenus(target) {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(target)) menu.open = false;
    }
  }

  refresh() {
    const { study, wording, state } = this;
    byId("title").textContent = wording.pick(study.title);
    for (const node of document.querySelectorAll("[data-say]")) node.textContent = wording.say(node.dataset.say);
    for (const node of document.querySelectorAll("[data-name]")) labelButton(node, wording.say(node.dataset.name));
    byId("language").textContent = wording.tables[this.nextLanguage()].language_name;
    byId("language").lang = this.nextLanguage();
    byId("table").setAttribute("aria-pressed", String(state.table));
    const source = wording.pick(study.source);
    byId("source").textContent = source && wording.say("source_line", { text: source });
    byId("source").hidden = !source;
    byId("note_line").textContent = wording.sentences([...wording.pick(study.base.shown), wording.pick(study.notes)[0]]);
    this.tellHeadline();
    this.picker.refresh();
    this.fillBase();
    this.fillOutlines();
    this.fillSearch();
  }

  /** On a narrow screen all but the choice of what is shown folds into one button. */
  unfold(isOpen) {
    document.body.classList.toggle("more", isOpen);
    byId("more").setAttribute("aria-expanded", String(isOpen));
  }

  /** What was found, with how certain it is; and what the map is. */
  tellHeadline() {
    const { study, wording } = this;
    const { headline } = study;
    byId("headline").hidden = !headline;
    if (headline) {
      const { claim, numbers, certainty } = headline;
      const sure = certainty ? [make("span", { class: `sure ${certainty}` }, wording.say(`certainty_${certainty}`))] : [];
      byId("headline").replaceChildren(make("b", {}, inStudy(study, wording, wording.pick(claim))), " ", ...sure, " ", make("span", { class: "muted" }, wording.pick(numbers)));
    }
    byId("what_menu").hidden = !study.indicators.length;
    const meaning = wording.pick(study.meaning);
    const index = wording.say("what_told", { count: study.indicators.length });
    byId("what_told").textContent = meaning ? wording.say("two_sentences", { one: meaning, other: index }) : index;
  }

  fillBase() {
    const { study, wording, state } = this;
    const change = study.isSince(study.layerOf(state));
    byId("base_field").hidden = !change;
    byId("base").replaceChildren(
      ...study.years.map((year, place) => make("option", { value: place, selected: place === state.base }, String(year))),
    );
    byId("base").setAttribute("aria-label", wording.say("base_year"));
  }

  /** What can be outlined, and what the map may carry. */
  fillOutlines() {
    const { study, wording, state } = this;
    const count = state.outlines.size + state.shown.size - (state.shown.has("names") ? 1 : 0);
    byId("outlines_count").textContent = count ? String(count) : "";
    const outlines = study.outlines.map(({ id, name, kind }) => {
      const aside = wording.has(`kind_${kind}`) ? wording.say(`kind_${kind}`) : "";
      return this.box("outlines", id, wording.pick(name), aside);
    });
    for (const { id, name } of study.ellipses) {
      outlines.push(this.box("outlines", id, wording.pick(name), wording.say("kind_ellipse")));
    }
    const carried = this.furniture.choices().map(([id, name, kind]) => this.box("shown", id, name, kind));
    const heading = outlines.length ? [make("b", { class: "part" }, wording.say("outlines"))] : [];
    byId("outlines").replaceChildren(...carried, ...heading, ...outlines);
  }

  /** A box that switches one member of a set of the state. */
  box(field, id, name, aside) {
    const { state } = this;
    const box = make("input", { type: "checkbox" });
    box.checked = state[field].has(id);
    box.addEventListener("change", () => {
      const chosen = new Set(state[field]);
      if (box.checked) chosen.add(id);
      else chosen.delete(id);
      state.set({ [field]: chosen });
      byId("outlines").querySelector(`[data-id="${CSS.escape(id)}"] input`).focus();
    });
    const label = make("label", { "data-id": id }, box, make("span", {}, name));
    if (aside) label.append(make("span", { class: "muted" }, aside));
    return label;
  }

  fillSearch() {
    const { study, wording } = this;
    byId("search_told").hidden = true;
    byId("search").placeholder = wording.say("search");
    byId("search").setAttribute("aria-label", wording.say("search"));
    offer(byId("names"), study, wording, "");
  }

  /** Choose the region of a name, key or beginning of a name in any language. */
  find(input) {
    const found = regionsFound(this.study, input.value);
    const told = byId("search_told");
    told.hidden = found.length === 1 || !input.value.trim();
    if (found.length !== 1) {
      told.value = this.wording.say(found.length ? "search_several" : "search_none", { text: input.value.trim(), count: found.length });
      return;
    }
    this.state.set({ region: found[0] });
    input.value = "";
    input.blur();
  }
}
