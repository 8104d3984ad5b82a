// The panel at the side: all regions together, or the one that is chosen.

import { stackedYears } from "./charts.js";
import { byId, labelButton, make, swatch } from "./dom.js";
import { regionSections } from "./profile.js";
import { classLabels } from "./legend.js";
import { layerName, valueText } from "./tooltip.js";

export class Panel {
  constructor(study, wording, state) {
    Object.assign(this, { study, wording, state });
    this.body = byId("panel_body");
    this.title = byId("panel_title");
    this.back = byId("panel_back");
    this.sheet = byId("panel_sheet");
    this.back.addEventListener("click", () => state.set({ region: null, other: null }));
    this.sheet.addEventListener("click", () => this.unfold(!document.body.classList.contains("sheet")));
  }

  /** On a narrow screen the panel is a sheet that slides up. */
  unfold(open) {
    document.body.classList.toggle("sheet", open);
    this.sheet.setAttribute("aria-expanded", String(open));
  }

  refresh() {
    const { study, wording, state } = this;
    const chosen = state.region !== null;
    const title = chosen ? wording.pick(study.names)[state.region] : wording.say("all_regions", { count: study.size });
    this.title.replaceChildren(title);
    labelButton(this.back, wording.say("close"));
    this.back.hidden = !chosen;
    this.sheet.replaceChildren(make("b", {}, title), make("span", { class: "muted" }, this.brief(chosen)));
    const sections = chosen ? regionSections(study, wording, state) : this.nationSections();
    this.body.replaceChildren(...sections);
  }

  /** The line that the folded sheet shows. */
  brief(chosen) {
    const { study, wording, state } = this;
    const layer = study.layerById.get(state.layer);
    if (!chosen) return wording.say("ranking");
    const number = study.classOf(layer, state.region, state);
    const value = valueText(wording, layer, study.value(layer, state.region, state));
    return number >= 0 && layer.labels ? `${wording.pick(layer.labels[number])} · ${value}` : value;
  }

  nationSections() {
    const { study, wording, state } = this;
    const layer = study.layerById.get(state.layer);
    const sections = [];
    if (study.years.length > 1) {
      sections.push(make("h3", {}, wording.say("classes_by_year")), this.yearBars(layer));
    }
    const mean = study.ranked(layer, state).reduce((sum, { value }, _, all) => sum + value / all.length, 0);
    const name = layer.kind === "grades" ? wording.say("composite") : layerName(study, wording, state, layer);
    const head = make("h3", {}, name);
    if (layer.kind !== "categories") {
      const text = wording.say("mean_of", { value: valueText(wording, layer, mean) });
      head.append(make("span", { class: "muted" }, text));
    }
    sections.push(head, this.ranking(layer));
    return sections;
  }

  yearBars(layer) {
    const { study, wording, state } = this;
    const shares = study.years.map((_, year) => study.counts(layer, { ...snapshot(state), year }));
    const labels = [...classLabels(wording, layer), wording.say("no_data")];
    const spoken = study.years.map((name, year) => {
      const words = labels.map((label, number) =>
        shares[year][number] ? wording.say("count_of", { count: shares[year][number], label }) : "",
      );
      return `${name}: ${wording.list(words.filter(Boolean))}`;
    });
    const go = (year) => state.set({ year });
    const label = spoken.join("; ");
    return stackedYears({ shares, colors: layer.colors, years: study.years, current: state.year, label, go });
  }

  ranking(layer) {
    const { study, wording, state } = this;
    const names = wording.pick(study.names);
    const ranked = study.ranked(layer, state);
    const values = ranked.map(({ value }) => value);
    const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
    const rows = ranked.map(({ region, value }) => {
      const bar = make("span", { class: "bar-fill" });
      const width = high > low ? Math.abs(value) / (high - low) : 0;
      bar.style.width = `${100 * width}%`;
      bar.style.marginLeft = `${high > low ? (100 * (Math.min(value, 0) - low)) / (high - low) : 0}%`;
      bar.style.backgroundColor = study.color(layer, region, state);
      return this.rankRow(region, names[region], [
        make("span", { class: "rank" }, String(study.rank(layer, region, state))),
        make("span", { class: "label" }, names[region]),
        make("span", { class: "bar-rail" }, layer.kind === "categories" ? swatch(study.color(layer, region, state)) : bar),
        make("span", { class: "value" }, layer.digits === "any" ? wording.figure(value, layer.kind === "change") : wording.number(value, layer.digits, layer.kind === "change")),
      ]);
    });
    const bare = study.regions.filter((region) => !ranked.some((entry) => entry.region === region));
    for (const region of bare) {
      rows.push(
        this.rankRow(region, names[region], [
          make("span", { class: "rank" }, "–"),
          make("span", { class: "label" }, names[region]),
          make("span", { class: "muted wide" }, wording.say("no_data")),
        ]),
      );
    }
    return make("ol", { class: "ranking" }, ...rows);
  }

  rankRow(region, name, cells) {
    const { state } = this;
    const button = make("button", { type: "button", "data-region": region }, ...cells);
    button.addEventListener("click", () => state.set({ region }));
    button.addEventListener("mouseenter", () => state.set({ hovered: region }));
    button.addEventListener("mouseleave", () => state.set({ hovered: null }));
    return make("li", {}, button);
  }

  /** Show in the list which region the pointer is on. */
  mark() {
    for (const button of this.body.querySelectorAll("button[data-region]")) {
      button.classList.toggle("hovered", Number(button.dataset.region) === this.state.hovered);
    }
  }
}

/** The fields that classes depend on. */
function snapshot({ year, base, layer }) {
  return { year, base, layer };
}
