// What is shown, chosen in two steps: a topic, then what; or by typing.

import { byId, make } from "./dom.js";
import { choiceName, roleOf } from "./tooltip.js";

/** Up to so many layers stand in one list without topics. */
const FEW = 8;

/** Groups of layers that are one topic with another. */
const TOPICS = { change: "index" };

const folded = (text) => text.normalize("NFKD").toLowerCase();

export class Picker {
  constructor(study, wording, state) {
    Object.assign(this, { study, wording, state, topic: null, options: [], active: 0 });
    [this.button, this.box, this.field, this.tabs, this.list, this.none] = ["layer", "picker", "picker_search", "picker_topics", "picker_list", "picker_none"].map(byId);
    this.empty = new Set(study.layers.filter((layer) => study.isEmpty(layer)));
    const first = new Set(study.layers.map(({ group }) => group));
    this.topicOf = ({ group }) => (first.has(TOPICS[group]) ? TOPICS[group] : group);
    this.topics = [...new Set(study.layers.map(this.topicOf))];
    if (study.layers.length <= FEW) this.topics = [];
    this.topics.sort((a, b) => this.isBare(a) - this.isBare(b));
    this.button.addEventListener("click", () => this.open(this.box.hidden));
    this.button.addEventListener("keydown", (event) => {
      if (!["ArrowDown", "ArrowUp"].includes(event.key)) return;
      event.preventDefault();
      this.open(true);
    });
    this.field.addEventListener("input", () => this.fill());
    this.box.addEventListener("keydown", (event) => this.press(event));
    document.addEventListener("pointerdown", ({ target }) => this.box.hidden || this.box.contains(target) || this.button.contains(target) || this.open(false, false));
    this.box.addEventListener("focusout", ({ relatedTarget: to }) => to && !this.box.contains(to) && to !== this.button && this.open(false, false));
  }

  /** Whether nothing was found in any layer of a topic. */
  isBare(topic) {
    return this.layersOf(topic).every((layer) => this.empty.has(layer));
  }

  /** The layers of a topic; those in which nothing was found come last. */
  layersOf(topic) {
    const own = this.study.layers.filter((layer) => topic === null || this.topicOf(layer) === topic);
    return [...own.filter((layer) => !this.empty.has(layer)), ...own.filter((layer) => this.empty.has(layer))];
  }

  refresh() {
    const { study, wording, state } = this;
    const shown = choiceName(wording, study.layerById.get(state.layer));
    this.button.replaceChildren(make("span", { class: "muted" }, wording.say("show")), make("b", {}, shown));
    byId("layer_field").hidden = study.layers.length < 2;
    for (const [node, key] of [[this.box, "show"], [this.list, "show"], [this.tabs, "topics"], [this.field, "search_layers"]]) node.setAttribute("aria-label", wording.say(key));
    this.field.placeholder = wording.say("search_layers");
    if (!this.box.hidden) this.fill();
  }

  open(isOpen, isBack = true) {
    if (this.box.hidden === !isOpen) return;
    this.box.hidden = !isOpen;
    this.button.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return isBack && this.button.focus();
    this.field.value = "";
    this.topic = this.topics.length ? this.topicOf(this.study.layerById.get(this.state.layer)) : null;
    this.fill();
    this.field.focus();
  }

  /** Topics, and the layers of the one that is chosen or all that hold what is typed. */
  fill() {
    const { study, wording, state } = this;
    const wanted = folded(this.field.value.trim()).split(/\s+/);
    const isAsked = Boolean(wanted[0]);
    this.tabs.hidden = !this.topics.length;
    this.tabs.replaceChildren(...this.topics.map((topic) => this.tab(topic, !isAsked && topic === this.topic)));
    const holds = (layer) => wanted.every((word) => folded(`${this.titleOf(layer)} ${roleOf(study, wording, layer)} ${this.tells(layer)} ${layer.indicator || ""}`).includes(word));
    const isNamed = (layer) => wanted.every((word) => folded(choiceName(wording, layer)).includes(word));
    this.options = isAsked ? this.layersOf(null).filter(holds).sort((a, b) => isNamed(b) - isNamed(a)) : this.layersOf(this.topic);
    this.list.replaceChildren(...this.options.map((layer, place) => this.option(layer, place, isAsked)));
    this.none.hidden = this.options.length > 0;
    this.none.textContent = this.options.length ? "" : wording.say("none_shown", { text: this.field.value.trim() });
    const at = isAsked ? 0 : this.options.findIndex(({ id }) => id === state.layer);
    this.point(Math.max(at, 0));
  }

  tab(topic, isOn) {
    const choose = () => {
      this.topic = topic;
      this.field.value = "";
      this.fill();
    };
    const aside = this.isBare(topic) ? [make("span", { class: "muted" }, this.wording.say("nothing_found"))] : [];
    const tab = make("button", { type: "button", role: "tab", "aria-selected": String(isOn), "aria-controls": "picker_list", tabindex: topic === this.topic ? 0 : -1 }, this.topicName(topic), ...aside);
    tab.addEventListener("click", () => {
      choose();
      this.tabs.querySelector("[aria-selected=true]").focus();
    });
    return tab;
  }

  topicName(topic) {
    return this.wording.say(`group_${topic}`);
  }

  titleOf(layer) {
    return `${choiceName(this.wording, layer)} ${this.topicName(this.topicOf(layer))}`;
  }

  /** One line of what a layer tells. */
  tells(layer) {
    const { study, wording } = this;
    if (layer.indicator) return wording.pick(study.indicatorByCode.get(layer.indicator).definition);
    const parts = study.indicators.filter(({ dimension }) => dimension === layer.id).map(({ name }) => wording.pick(name));
    return parts.length ? wording.list(parts) : wording.reading(layer);
  }

  option(layer, place, isAsked) {
    const { wording, state } = this;
    const name = make("b", {}, choiceName(wording, layer));
    if (this.empty.has(layer)) name.append(make("span", { class: "muted" }, wording.say("nothing_found")));
    const role = roleOf(this.study, wording, layer);
    if (role) name.append(make("span", { class: "muted" }, role));
    if (isAsked && this.topics.length) name.append(make("span", { class: "muted" }, this.topicName(this.topicOf(layer))));
    const node = make("li", { role: "option", id: `option_${place}`, "data-id": layer.id, "aria-selected": String(layer.id === state.layer) }, name, make("span", { class: "muted" }, this.tells(layer)));
    node.addEventListener("click", () => this.choose(layer));
    node.addEventListener("pointermove", () => this.active === place || this.point(place, false));
    return node;
  }

  choose(layer) {
    this.open(false);
    this.state.set({ layer: layer.id });
  }

  /** Make an option the one that Enter chooses. */
  point(place, isSeen = true) {
    this.active = place;
    [...this.list.children].forEach((node, at) => node.classList.toggle("active", at === place));
    const node = this.list.children[place];
    if (node) this.field.setAttribute("aria-activedescendant", node.id);
    else this.field.removeAttribute("aria-activedescendant");
    if (node && isSeen) node.scrollIntoView({ block: "nearest" });
  }

  press(event) {
    const { key, target } = event;
    if (key === "Escape") this.open(false);
    else if (target.role === "tab" && ["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "Home", "End"].includes(key)) this.turn(key);
    else if (target === this.field && this.options.length && ["ArrowDown", "ArrowUp"].includes(key)) {
      const { length } = this.options;
      this.point((this.active + (key === "ArrowDown" ? 1 : length - 1)) % length);
    } else if (target === this.field && key === "Enter" && this.options.length) this.choose(this.options[this.active]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** The topic beside the one that is chosen. */
  turn(key) {
    const { length } = this.topics;
    const at = this.topics.indexOf(this.topic);
    const to = { Home: 0, End: length - 1, ArrowDown: (at + 1) % length, ArrowRight: (at + 1) % length }[key] ?? (at + length - 1) % length;
    this.topic = this.topics[to];
    this.field.value = "";
    this.fill();
    this.tabs.children[to].focus();
  }
}
