// The years: a slider with a name for each, and play.

import { labelButton, make } from "./dom.js";

const STEP = 1100;

export class Timeline {
  constructor(nodes, study, wording, state) {
    Object.assign(this, nodes, { study, wording, state, timer: null });
    this.bar.hidden = study.years.length < 2;
    if (this.bar.hidden) return;
    this.slider.max = study.years.length - 1;
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.play.addEventListener("click", () => (this.timer ? this.stop() : this.start()));
    const every = Math.ceil(study.years.length / (window.innerWidth < 720 ? 6 : 12));
    const last = study.years.length - 1;
    this.ticks.replaceChildren(
      ...study.years.map((year, place) => {
        const shown = (last - place) % every === 0;
        const tick = make("button", { type: "button", tabindex: -1, class: shown ? "" : "small" });
        tick.append(make("span", {}, shown ? String(year) : ""));
        tick.addEventListener("click", () => this.go(place));
        return tick;
      }),
    );
  }

  go(year) {
    this.stop();
    this.state.set({ year });
  }

  start() {
    const { state, study } = this;
    if (state.year === study.years.length - 1) state.set({ year: 0 });
    this.timer = setInterval(() => {
      state.set({ year: state.year + 1 });
      if (state.year === study.years.length - 1) this.stop();
    }, STEP);
    this.refresh();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.refresh();
  }

  refresh() {
    if (this.bar.hidden) return;
    const { state, study, wording } = this;
    this.bar.setAttribute("aria-label", wording.say("year"));
    this.slider.value = state.year;
    this.slider.setAttribute("aria-valuetext", study.yearName(state.year));
    this.slider.setAttribute("aria-label", wording.say("year"));
    this.slider.style.setProperty("--share", state.year / (study.years.length - 1));
    this.play.classList.toggle("playing", Boolean(this.timer));
    labelButton(this.play, wording.say(this.timer ? "pause" : "play"));
    [...this.ticks.children].forEach((tick, place) => {
      tick.classList.toggle("current", place === state.year);
    });
  }
}
