// The story: what was found, step by step, each beside the view that shows it.

import { byId, labelButton, make } from "./dom.js";

export class Story {
  constructor(study, wording, state) {
    Object.assign(this, { study, wording, state });
    this.node = byId("story");
    this.open = byId("tell");
    this.open.hidden = !study.story.length;
    this.open.addEventListener("click", () => (state.story === null ? this.go(0) : this.close()));
    byId("story_back").addEventListener("click", () => this.go(state.story - 1));
    byId("story_next").addEventListener("click", () => this.go(state.story + 1));
    byId("story_close").addEventListener("click", () => this.close());
    byId("story_again").addEventListener("click", () => this.go(state.story, "story_next"));
    this.node.addEventListener("keydown", (event) => this.press(event));
  }

  /** Tell a stop and show its view. */
  go(stop, focus = null) {
    const { study, state } = this;
    if (!(stop in study.story)) return;
    const isNew = state.story === null;
    const { view } = study.story[stop];
    if (view) state.show(view, { story: stop, remarks: this.own(view) });
    else state.set({ story: stop });
    if (isNew || focus) byId(focus || "story_next").focus();
  }

  /** The reader's remarks stay where a stop brings none. */
  own(view) {
    const { remarks } = this.state.read(view);
    return remarks || this.state.remarks;
  }

  close() {
    this.state.set({ story: null });
    this.open.focus();
  }

  press(event) {
    const { key } = event;
    if (key === "Escape") this.close();
    else if (key === "ArrowRight" || key === "PageDown") this.go(this.state.story + 1);
    else if (key === "ArrowLeft" || key === "PageUp") this.go(this.state.story - 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  refresh() {
    const { study, wording, state, node } = this;
    const isOpen = state.story !== null;
    node.hidden = !isOpen;
    this.open.setAttribute("aria-expanded", String(isOpen));
    node.setAttribute("aria-label", wording.say("story"));
    if (!isOpen) return;
    const { claim, numbers, certainty } = study.story[state.story];
    const sure = certainty ? [make("span", { class: `sure ${certainty}` }, wording.say(`certainty_${certainty}`)), " "] : [];
    const count = study.story.length;
    byId("story_place").textContent = wording.say("story_place", { place: state.story + 1, count });
    byId("story_text").replaceChildren(make("b", {}, wording.pick(claim)), " ", ...sure, make("span", {}, wording.pick(numbers)));
    const text = byId("story_text");
    if (text.scrollHeight > text.clientHeight) text.tabIndex = 0;
    else text.removeAttribute("tabindex");
    for (const [id, isEnd] of [["back", state.story === 0], ["next", state.story === count - 1]]) {
      const button = byId(`story_${id}`);
      labelButton(button, wording.say(`story_${id}`));
      button.setAttribute("aria-disabled", String(isEnd));
    }
    byId("story_again").hidden = this.isShown();
  }

  /** Whether the map still shows what the stop tells of. */
  isShown() {
    const { study, state } = this;
    const { view } = study.story[state.story];
    if (!view) return true;
    const { language, theme, place, remarks, sort, shown, ...asked } = { ...state.plain(), ...state.read(view) };
    const told = (value) => (value instanceof Set ? [...value].sort().join() : String(value));
    return Object.entries(asked).every(([name, value]) => told(state[name]) === told(value));
  }
}
