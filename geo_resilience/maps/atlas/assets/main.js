// Put together: read the study, build the parts, let each follow the state.

import { inflated } from "./codec.js";
import { brushMap } from "./brush.js";
import { Compare } from "./compare.js";
import { byId, make } from "./dom.js";
import { Downloads } from "./downloads.js";
import { Furniture } from "./furniture.js";
import { lay } from "./forms.js";
import { Ground } from "./ground.js";
import { Inset } from "./inset.js";
import { Legend } from "./legend.js";
import { Marks } from "./marks.js";
import { Multiples } from "./multiples.js";
import { Outlines } from "./outlines.js";
import { Panel } from "./panel.js";
import { Place } from "./place.js";
import { makeReachable, speakRegions } from "./reach.js";
import { Remarks } from "./remarks.js";
import { Scenario } from "./scenario.js";
import { sentence } from "./sentence.js";
import { Share } from "./share.js";
import { State } from "./state.js";
import { Story } from "./story.js";
import { Study } from "./study.js";
import { Timeline } from "./timeline.js";
import { isDark, Toolbar } from "./toolbar.js";
import { describeRegion, Tooltip } from "./tooltip.js";
import { Wording } from "./wording.js";

/** Up to so many regions everything is told at once; above, the map is drawn first. */
const FEW = 100;

export async function startAtlas(map) {
  const text = await inflated(byId("atlas_data").textContent).catch(() => null);
  byId("plea").hidden = text !== null;
  if (text === null) return null;
  const study = new Study(JSON.parse(text));
  const wording = new Wording(study.words, openingLanguage(study));
  const state = new State(study, wording.language);
  const parts = buildParts(map, study, wording, state);
  state.fromHash(location.hash);
  const followed = followers(parts, study, wording, state);
  state.watch((changed) => follow(followed, parts, study, state, changed));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => state.tell(["theme"]));
  window.addEventListener("hashchange", () => state.fromHash(location.hash));
  // Circles are as large as the map has room for, and their legend with them.
  map.on("resize", () => study.isCircled(study.layerOf(state), state) && state.tell(["as"]));
  followSize(map, parts);
  state.tell(["language", "layer", "year", "region", "outlines", "theme", "scenario", "remarks", "story", "form", "place", "isEmbedded"]);
  return { study, wording, state, ...parts };
}

/** The study's language; the browser's where the study leaves it open and the page speaks it. */
function openingLanguage({ words, language, browser }) {
  const wished = browser ? (navigator.languages || [navigator.language]) : [];
  return wished.map((tag) => tag.split("-")[0].toLowerCase()).find((tag) => words[tag]) || language;
}

function buildParts(map, study, wording, state) {
  const ground = new Ground(map, study, wording);
  const tooltip = new Tooltip(byId("tooltip"), (region) => [...describeRegion(study, wording, state, region), ...compare.told(region)]);
  const single = (layer, number) => ground.single(layer, state, number);
  const legend = new Legend(byId("legend"), map, study, wording, state, single);
  const compare = new Compare(study, wording, state, { ground, tooltip, legend });
  const nodes = { bar: byId("timeline"), slider: byId("slider"), play: byId("play"), ticks: byId("ticks") };
  const inset = new Inset(byId("inset"), study, wording);
  makeReachable(ground, state, tooltip);
  inset.reach(state);
  brushMap(map, study, state);
  const carried = make("div", { id: "furniture" });
  byId("stage").append(carried);
  const furniture = new Furniture(map, study, wording, state, carried);
  return {
    furniture,
    ground,
    tooltip,
    compare,
    multiples: new Multiples(study, wording, state, ground),
    inset,
    marks: new Marks(map, study),
    outlines: new Outlines(map, study, wording, ground),
    legend,
    timeline: new Timeline(nodes, study, wording, state),
    panel: new Panel(study, wording, state),
    toolbar: new Toolbar(study, wording, state, ground, furniture),
    downloads: new Downloads(study, wording, state),
    scenario: new Scenario(study, wording, state),
    place: new Place(map, ground, state),
    remarks: new Remarks(map, study, state, ground),
    share: new Share(study, wording, state),
    story: new Story(study, wording, state),
  };
}

/** What changes nearly everything that is seen. */
const VIEW = ["language", "layer", "year", "base", "scenario", "classes", "as", "form"];

/** What is done after which changes of the state, in this order. */
function followers(parts, study, wording, state) {
  const { ground, inset, legend, marks, outlines, panel, timeline, scenario, tooltip, furniture, toolbar, place, remarks, share, story, compare, multiples } = parts;
  const layer = () => study.layerOf(state);
  return [
    [["scenario"], () => scenario.adopt()],
    [["language"], () => speak(study, wording, state)],
    [["form"], () => state.form === study.form || reshape(parts, study, state.form)],
    [["language"], () => inset.write()],
    [["language"], () => ground.nameAreas()],
    [["isEmbedded"], () => share.refresh()],
    [["theme"], () => (document.documentElement.dataset.theme = isDark(state) ? "dark" : "light")],
    [["language", "shown", "form"], () => ground.writeNames(state.shown.has("names"))],
    [[...VIEW, "theme"], () => ground.paint(layer(), state)],
    [[...VIEW, "brushed"], () => inset.paint(layer(), state)],
    [VIEW, () => marks.refresh(layer(), state)],
    [["language", "vs", "how"], () => compare.arrange()],
    [[...VIEW, "outlines", "vs"], () => legend.refresh()],
    [["language", "layer", "outlines", "classes", "as", "form", "vs", "how"], () => ground.isMoved || ground.frame()],
    [[...VIEW, "shown"], () => ground.nameEnds(layer(), state)],
    [VIEW, () => timeline.refresh()],
    [VIEW, () => scenario.refresh()],
    [VIEW, () => (byId("sentence").textContent = sentence(study, wording, state))],
    [VIEW, () => tooltip.refresh()],
    [[...VIEW, "shown", "brushed"], () => ground.toneNames(layer(), state)],
    [["language", "shown", "form"], () => furniture.refresh()],
    [["language", "layer", "year", "outlines", "shown", "form"], () => outlines.refresh(state)],
    [["place"], () => place.adopt()],
    [["language", "layer", "outlines", "shown", "remarks", "form", "isEmbedded"], () => remarks.refresh()],
    [["language", "story", "outlines", "shown", "region", "beside", "table", "place", "vs", "brushed", ...VIEW], () => story.refresh()],
    [["hovered", "region", "beside", "year", "form"], () => ground.mark(state)],
    [["hovered"], () => panel.mark()],
    [[...VIEW, "brushed"], () => ground.keep(state.brushed)],
    [["language", "layer", "vs", "how", "picking"], () => compare.fillMenu()],
    [[...VIEW, "theme", "outlines", "vs", "how", "brushed", "picking"], () => compare.refresh()],
    [["language", "shown", "form"], () => compare.carry()],
    [["hovered", "region", "beside", "form"], () => compare.mark()],
    [[...VIEW, "theme", "vs", "brushed"], (changed) => multiples.refresh(changed)],
    [["hovered", "region"], () => multiples.mark()],
    [["picking"], () => ground.map.dragging[state.picking ? "disable" : "enable"]()],
    [[...VIEW, "region", "beside", "brushed", "against", "table", "sort", "measure", "whole", "remarks"], () => tellPanel(parts, state)],
    [["language", "layer", "base", "outlines", "theme", "shown", "scenario", "table", "classes", "form"], () => toolbar.refresh()],
  ];
}

function follow(followed, parts, study, state, changed) {
  for (const [names, act] of followed) if (names.some((name) => changed.has(name))) act(changed);
  if (changed.size === 1 && changed.has("hovered")) return;
  if (state.isEmbedded) parts.share.refresh();
  clearTimeout(state.remembering);
  if (study.size <= FEW || !changed.has("year")) remember(state);
  else state.remembering = setTimeout(() => remember(state), 200);
}

/** Lay the regions out anew, on both maps and on the small ones. */
function reshape({ ground, compare, multiples }, study, form) {
  lay(study, form);
  ground.noteMoved(false);
  ground.reshape();
  if (compare.node) compare.ground.reshape();
  multiples.paths = null;
}

function speak(study, wording, state) {
  wording.choose(state.language);
  document.documentElement.lang = state.language === "zh" ? "zh-CN" : state.language;
  document.title = wording.pick(study.title);
}

/** The map comes first where there is much to draw; the panel follows when it stands. */
function tellPanel({ ground, panel }, state) {
  const tell = () => {
    panel.refresh();
    panel.reveal(state.region);
    speakRegions(ground, panel.study.layerOf(state), state);
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

function followSize(map, { compare, place }) {
  let [width, height] = [0, 0];
  new ResizeObserver(([{ contentRect: now }]) => {
    if (Math.abs(now.width - width) < 1 && Math.abs(now.height - height) < 80) return;
    [width, height] = [now.width, now.height];
    compare.arrange();
    place.reframe();
    // Where the page itself scrolls, the wheel and one finger are left to it; two fingers move the map.
    const way = document.documentElement.scrollHeight > window.innerHeight + 4 ? "disable" : "enable";
    map.scrollWheelZoom[way]();
    if (matchMedia("(pointer: coarse)").matches) map.dragging[way]();
  }).observe(map.getContainer());
}
