// Two views in one: another year or another layer beside the map or under a swipe, moved and hovered together.

import { brushMap } from "./brush.js";
import { byId, make, swatch } from "./dom.js";
import { lay } from "./forms.js";
import { Furniture } from "./furniture.js";
import { Ground } from "./ground.js";
import { Inset } from "./inset.js";
import { Legend } from "./legend.js";
import { Marks } from "./marks.js";
import { Outlines } from "./outlines.js";
import { makeReachable, speakRegions } from "./reach.js";
import { layerName, valueText } from "./tooltip.js";

/** What the second map is drawn from. */
const SHOWN = ["year", "layer", "base", "language", "scenario", "classes", "as", "form", "outlines"];

/** So high must the stage be, in pixels, that a legend stands open below half a map. */
const ROOMY = 700;

/** Below this width and height one map has no room for it either. */
const [NARROW, LOW] = [900, 420];

/** The ground of the second map: it goes where the first goes. */
class Second extends Ground {
  frame() {}

  noteMoved() {}
}

export class Compare {
  constructor(study, wording, state, parts) {
    Object.assign(this, { study, wording, state, parts, share: 0.5 });
    this.stage = byId("stage");
    const year = () => study.years.findIndex((name) => String(name) === state.vs);
    const layer = () => (String(state.vs).startsWith("layer:") ? state.vs.slice(6) : null);
    /** What the second map looks at: the state, but for its year or its layer. */
    this.view = Object.create(state, {
      year: { get: () => (year() < 0 ? state.year : year()) },
      layer: { get: () => layer() ?? state.layer },
      set: { value: (changes) => state.set(changes) },
    });
    this.isOn = () => year() >= 0 || layer() !== null;
    this.fillMenu();
  }

  /** What can be laid beside, and how. */
  fillMenu() {
    const { study, wording, state } = this;
    const choice = (value, name) => make("option", { value, selected: value === (state.vs || "") }, name);
    const groups = new Map();
    for (const each of study.layers) if (each.id !== state.layer) groups.set(each.group, [...(groups.get(each.group) || []), choice(`layer:${each.id}`, layerName(study, wording, state, each))]);
    const years = study.years.length > 1 ? study.years.map((name) => choice(String(name), String(name))) : [];
    const select = make("select", { id: "vs", class: "whole", "aria-label": wording.say("vs") }, choice("", wording.say("vs_none")), ...(years.length ? [choice("years", wording.say("all_years"))] : []), ...(study.dimensions.length > 1 ? [choice("dimensions", wording.say("all_dimensions"))] : []));
    if (years.length) select.append(make("optgroup", { label: wording.say("year") }, ...years));
    for (const [group, options] of groups) select.append(make("optgroup", { label: wording.say(`group_${group}`) }, ...options));
    select.addEventListener("change", () => this.choose({ vs: select.value || null }, "vs"));
    const ways = ["side", "swipe"].map((how) => {
      const button = make("button", { type: "button", class: "pill", id: `how_${how}`, disabled: !this.isOn(), "aria-pressed": String((state.how || "side") === how) }, wording.say(`how_${how}`));
      button.addEventListener("click", () => this.choose({ how: how === "side" ? null : how }, button.id));
      return button;
    });
    const picking = make("button", { type: "button", class: "pill", id: "picking", "aria-pressed": String(state.picking) }, wording.say("pick_regions"));
    picking.addEventListener("click", () => this.choose({ picking: !state.picking }, "picking"));
    byId("compare").replaceChildren(select, make("div", { class: "pills" }, ...ways), make("div", { class: "pills" }, picking), make("p", { class: "muted" }, wording.say("pick_told")));
  }

  choose(changes, id) {
    this.state.set(changes);
    byId(id).focus();
  }

  /** Room for two maps; the first legend folds, as the second is, where it would make a map small. */
  arrange() {
    const { stage, state, parts } = this;
    const isOn = this.isOn();
    const isSide = isOn && state.how !== "swipe";
    stage.classList.toggle("side", isSide);
    stage.classList.toggle("swipe", isOn && !isSide);
    const { clientWidth: width, clientHeight: height } = stage;
    parts.legend.crowd(isSide ? height < ROOMY : width < NARROW && height < LOW);
  }

  refresh() {
    const { state, study, view } = this;
    const isOn = this.isOn();
    if (this.node) this.node.hidden = !isOn;
    if (this.handle) this.handle.hidden = !isOn || state.how !== "swipe";
    if (!isOn) return;
    if (!this.node) this.build();
    this.place();
    this.node.setAttribute("aria-label", this.nameOf(view));
    this.map.dragging[state.picking ? "disable" : "enable"]();
    const shown = [...SHOWN.map((name) => view[name]), document.documentElement.dataset.theme];
    if (!this.shown || shown.some((each, place) => each !== this.shown[place])) this.draw(study.layerOf(view));
    this.shown = shown;
    this.ground.keep(state.brushed);
    this.ground.toneNames(study.layerOf(view), view);
    this.inset.paint(study.layerOf(view), view);
    this.mark();
  }

  /** All that depends on what the second map looks at. */
  draw(layer) {
    const { study, view, legend } = this;
    this.ground.paint(layer, view);
    this.ground.nameEnds(layer, view);
    this.ground.toneNames(layer, view);
    this.inset.paint(layer, view);
    this.marks.refresh(layer, view);
    this.outlines.refresh(view);
    legend.refresh();
    for (const node of legend.node.querySelectorAll(".choice")) node.remove();
    speakRegions(this.ground, layer, view);
  }

  nameOf(view) {
    const { study, wording } = this;
    const name = layerName(study, wording, view, study.layerOf(view));
    return study.years.length ? wording.say("of_year", { name, year: study.yearName(view.year) }) : name;
  }

  mark() {
    if (this.node && this.isOn()) this.ground.mark(this.view);
  }

  /** What the second map carries beside its regions. */
  carry() {
    if (!this.node) return;
    this.ground.nameAreas();
    this.inset.write();
    this.furniture.refresh();
    this.ground.writeNames(this.state.shown.has("names"));
  }

  build() {
    const { study, wording, view, stage, parts } = this;
    const first = parts.ground.map;
    const canvas = make("div", { class: "second-map" });
    const [legend, inset] = [make("details", { class: "second-legend" }), make("div", { class: "second-inset" })];
    inset.classList.add(`at-${study.ground.corners.inset}`);
    this.seen = make("div", { class: "second-view" }, canvas, inset);
    this.node = make("section", { id: "second" }, this.seen, legend);
    this.handle = this.slider();
    this.handle.hidden = this.state.how !== "swipe";
    stage.append(this.node, this.handle);
    this.map = L.map(canvas, { ...first.options, maxBounds: null, minZoom: -30, maxZoom: 30, center: first.getCenter(), zoom: first.getZoom() });
    this.ground = new Second(this.map, study, wording);
    this.ground.mask = parts.ground.mask;
    const beside = { show: (region, { x, y }) => parts.tooltip.show(region, { x: x + this.node.offsetLeft, y: y + this.node.offsetTop }), hide: () => parts.tooltip.hide() };
    makeReachable(this.ground, view, beside);
    brushMap(this.map, study, view);
    const { form } = study;
    lay(study, null);
    this.inset = new Inset(inset, study, wording);
    lay(study, form);
    this.inset.reach(view);
    this.marks = new Marks(this.map, study);
    this.outlines = new Outlines(this.map, study, wording, this.ground);
    this.legend = new Legend(legend, this.map, study, wording, view, (layer, number) => this.ground.single(layer, view, number));
    legend.open = false;
    this.furniture = new Furniture(this.map, study, wording, view);
    this.carry();
    link(first, this.map);
    link(this.map, first);
    new ResizeObserver(() => {
      this.map.invalidateSize(false);
      goTo(this.map, first);
      if (study.isCircled(study.layerOf(view), view)) this.draw(study.layerOf(view));
    }).observe(canvas);
  }

  /** The line between the views, as a slider. */
  slider() {
    const node = make("div", { id: "swipe_handle", role: "slider", tabindex: 0, "aria-orientation": "horizontal", "aria-valuemin": 0, "aria-valuemax": 100 });
    const to = (share) => {
      this.share = Math.min(Math.max(share, 0), 1);
      this.place();
    };
    const follow = ({ clientX }) => {
      const { left, width } = this.stage.getBoundingClientRect();
      to((clientX - left) / width);
    };
    node.addEventListener("pointerdown", (event) => {
      node.setPointerCapture(event.pointerId);
      event.preventDefault();
      node.focus();
    });
    node.addEventListener("pointermove", (event) => node.hasPointerCapture(event.pointerId) && follow(event));
    node.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -0.02, ArrowDown: -0.02, ArrowRight: 0.02, ArrowUp: 0.02, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      to(this.share + step);
    });
    return node;
  }

  /** Where the line stands, and what of the second map is seen: all of it right of the line. */
  place() {
    const { handle, seen, share, state, wording, view } = this;
    const isSwipe = state.how === "swipe";
    const percent = Math.round(100 * share);
    handle.style.left = `${100 * share}%`;
    seen.style.clipPath = isSwipe ? `inset(0 0 0 ${100 * share}%)` : "";
    handle.setAttribute("aria-label", wording.say("swipe_label"));
    handle.setAttribute("aria-valuenow", percent);
    handle.setAttribute("aria-valuetext", wording.say("swipe_told", { share: percent, one: this.nameOf(state), two: this.nameOf(view) }));
  }

  /** The row of the tooltip that tells of the second view. */
  told(region) {
    if (!this.isOn()) return [];
    const { study, wording, view } = this;
    const layer = study.layerOf(view);
    const number = study.classOf(layer, region, view);
    const words = [number >= 0 && layer.labels ? wording.pick(layer.labels[number]) : "", layer.kind === "categories" && number >= 0 ? "" : valueText(wording, layer, study.value(layer, region, view))];
    return [make("p", { class: "card-second" }, make("span", { class: "muted" }, this.nameOf(view)), make("span", { class: "chip" }, swatch(study.color(layer, region, view)), wording.clauses(words)))];
  }
}

/** Where one map looks, the other looks too. */
function link(from, to) {
  from.on("move zoomend", () => goTo(to, from));
  from.on("zoomanim", ({ center, zoom }) => goTo(to, from, center, zoom, true));
}

function goTo(map, other, center = other.getCenter(), zoom = other.getZoom(), animate = false) {
  if (map._animatingZoom) return;
  const [here, there] = [map.getCenter(), center].map((point) => map.project(point, zoom));
  if (Math.abs(map.getZoom() - zoom) < 1e-9 && here.distanceTo(there) < 0.01) return;
  map.setView(center, zoom, { animate });
}
