// Put together: read the study, build the parts, let each follow the state.

import { byId } from "./dom.js";
import { Downloads } from "./downloads.js";
import { Furniture } from "./furniture.js";
import { Ground } from "./ground.js";
import { Inset } from "./inset.js";
import { Legend } from "./legend.js";
import { Outlines } from "./outlines.js";
import { Panel } from "./panel.js";
import { makeReachable, speakRegions } from "./reach.js";
import { Scenario } from "./scenario.js";
import { sentence } from "./sentence.js";
import { State } from "./state.js";
import { Study } from "./study.js";
import { Timeline } from "./timeline.js";
import { isDark, Toolbar } from "./toolbar.js";
import { describeRegion, Tooltip } from "./tooltip.js";
import { Wording } from "./wording.js";

/** Up to so many regions everything is told at once; above, the map is drawn first. */
const FEW = 100;

export function startAtlas(map) {
  const study = new Study(JSON.parse(byId("atlas_data").textContent));
  const wording = new Wording(study.words, openingLanguage(study));
  const state = new State(study, wording.language);
  const parts = buildParts(map, study, wording, state);
  state.fromHash(location.hash);
  state.watch((changed) => follow(parts, study, wording, state, changed));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => state.tell(["theme"]));
  window.addEventListener("hashchange", () => state.fromHash(location.hash));
  followSize(map, parts.ground);
  state.tell(["language", "layer", "year", "region", "outlines", "theme"]);
  return { study, wording, state, ...parts };
}

/** The study's language; the browser's where the study leaves it open and the page speaks it. */
function openingLanguage({ words, language, browser }) {
  const wished = browser ? (navigator.languages || [navigator.language]) : [];
  return wished.map((tag) => tag.split("-")[0].toLowerCase()).find((tag) => words[tag]) || language;
}

function buildParts(map, study, wording, state) {
  const ground = new Ground(map, study, wording);
  const tooltip = new Tooltip(byId("tooltip"), (region) => describeRegion(study, wording, state, region));
  const single = (layer, number) => ground.single(layer, state, number);
  const nodes = { bar: byId("timeline"), slider: byId("slider"), play: byId("play"), ticks: byId("ticks") };
  const inset = new Inset(byId("inset"), study);
  makeReachable(ground, state, tooltip);
  inset.reach(state);
  const furniture = new Furniture(map, study, wording, state);
  return {
    furniture,
    ground,
    tooltip,
    inset,
    outlines: new Outlines(map, study, wording, ground),
    legend: new Legend(byId("legend"), study, wording, state, single),
    timeline: new Timeline(nodes, study, wording, state),
    panel: new Panel(study, wording, state),
    toolbar: new Toolbar(study, wording, state, ground, furniture),
    downloads: new Downloads(study, wording, state),
    scenario: new Scenario(study, wording, state),
  };
}

function follow(parts, study, wording, state, changed) {
  const any = (...names) => names.some((name) => changed.has(name));
  const layer = study.layerById.get(state.layer);
  if (any("language")) {
    wording.choose(state.language);
    document.documentElement.lang = state.language === "zh" ? "zh-CN" : state.language;
    document.title = wording.pick(study.title);
  }
  if (any("theme") && !any("layer")) queueMicrotask(() => parts.ground.paint(layer, state));
  if (any("theme")) {
    document.documentElement.dataset.theme = isDark(state) ? "dark" : "light";
  }
  if (any("language", "shown")) parts.ground.writeNames(state.shown.has("names"));
  const shown = any("language", "layer", "year", "base", "scenario");
  if (shown) {
    parts.ground.paint(layer, state);
    parts.inset.paint(layer, state);
    parts.legend.refresh();
    if (any("language", "layer") && !parts.ground.isMoved) parts.ground.frame();
    parts.timeline.refresh();
    parts.scenario.refresh();
    byId("sentence").textContent = sentence(study, wording, state);
    parts.tooltip.refresh();
  }
  if (shown || any("shown")) parts.ground.toneNames(layer, state);
  if (any("outlines") && !shown) {
    parts.legend.refresh();
    if (!parts.ground.isMoved) parts.ground.frame();
  }
  if (any("language", "shown")) parts.furniture.refresh();
  if (any("language", "outlines") || (any("year", "shown", "layer") && state.outlines.size)) {
    parts.outlines.refresh(state);
    parts.ground.chosen.bringToFront();
  }
  if (any("hovered", "region", "other")) parts.ground.mark(state);
  if (any("hovered")) parts.panel.mark();
  if (any("year", "layer", "base") && state.brushed && !any("brushed")) state.brushed = null;
  if (shown || any("brushed")) parts.ground.keep(state.brushed);
  if (shown || any("region", "other", "brushed", "table", "sort", "measure", "whole")) tellPanel(parts, state);
  if (any("language", "layer", "base", "outlines", "theme", "shown", "scenario", "table")) parts.toolbar.refresh();
  if (changed.size === 1 && changed.has("hovered")) return;
  if (study.size <= FEW || !any("year")) remember(state);
  else {
    clearTimeout(state.remembering);
    state.remembering = setTimeout(() => remember(state), 200);
  }
}

/** The map comes first where there is much to draw; the panel follows when it stands. */
function tellPanel({ ground, panel }, state) {
  const tell = () => {
    panel.refresh();
    panel.reveal(state.region);
    speakRegions(ground, panel.study.layerById.get(state.layer), state);
  };
  if (panel.study.size <= FEW) return tell();
  clearTimeout(panel.waiting);
  requestAnimationFrame(() => {
    clearTimeout(panel.waiting);
    panel.waiting = setTimeout(tell, 30);
  });
}

/** Keep the address in step, so that it can be passed on; an embedded page may not. */
function remember(state) {
  try {
    history.replaceState(null, "", state.toHash());
  } catch {
    return;
  }
}

function followSize(map, ground) {
  let [width, height] = [0, 0];
  new ResizeObserver(([{ contentRect: now }]) => {
    if (Math.abs(now.width - width) < 1 && Math.abs(now.height - height) < 80) return;
    [width, height] = [now.width, now.height];
    ground.frame();
  }).observe(map.getContainer());
}
