// Reaching regions by pointer, touch and keyboard.

import { isPicking, pick } from "./brush.js";
import { isHidden } from "./marks.js";
import { rankText, valueText } from "./tooltip.js";

const WAYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Regions answer to mouse and touch; the arrows move to the nearest region that way. */
export function makeReachable(ground, state, tooltip) {
  const { map, study } = ground;
  const choose = (region, event) => (isPicking(state, event) ? pick(state, [region], true) : state.set({ region: state.region === region ? null : region }));
  if (ground.sheet) return reachByMap(ground, state, tooltip, choose);
  let focused = 0;

  ground.polygons.forEach((polygon, region) => {
    polygon.on("mouseover mousemove", (event) => {
      state.set({ hovered: region });
      tooltip.show(region, event.containerPoint);
    });
    polygon.on("mouseout", () => {
      state.set({ hovered: null });
      tooltip.hide();
    });
    polygon.on("click", (event) => {
      L.DomEvent.stop(event);
      choose(region, event.originalEvent);
      tooltip.show(region, event.containerPoint);
    });
    const element = polygon.getElement();
    element.setAttribute("role", "button");
    element.setAttribute("data-key", study.keys[region]);
    element.setAttribute("tabindex", region === 0 ? "0" : "-1");
    element.addEventListener("focus", () => {
      if (!element.matches(":focus-visible")) return;
      focused = region;
      state.set({ hovered: region });
      tooltip.show(region, pointOf(map, study, region));
    });
    element.addEventListener("blur", () => {
      state.set({ hovered: null });
      tooltip.hide();
    });
    element.addEventListener("keydown", (event) => {
      const way = WAYS[event.key];
      if (way) {
        const next = nearestThatWay(study, region, way);
        if (next !== null) moveFocus(ground, focused, next);
      } else if (event.key === "Enter" || event.key === " ") choose(region, event);
      else if (event.key === "Escape") state.set({ region: null, brushed: null });
      else return;
      event.preventDefault();
    });
  });
  map.on("click", ({ originalEvent }) => {
    if (isPicking(state, originalEvent)) return;
    state.set({ region: null });
    tooltip.hide();
  });
}

/** A sheet has no elements to go to: the map itself looks what lies under the pointer, takes the
 * focus and moves among regions. */
function reachByMap({ map, study, sheet, byRoom }, state, tooltip, choose) {
  const node = map.getContainer();
  const leave = () => {
    state.set({ hovered: null });
    tooltip.hide();
  };
  map.on("mousemove", ({ latlng, containerPoint }) => {
    if (map.dragging.moving()) return;
    const region = sheet.at(latlng.lng, latlng.lat);
    sheet.canvas.classList.toggle("leaflet-interactive", region !== null);
    if (region === null) return leave();
    state.set({ hovered: region });
    tooltip.show(region, containerPoint);
  });
  map.on("mouseout movestart", leave);
  map.on("click", ({ latlng, containerPoint, originalEvent }) => {
    const region = sheet.at(latlng.lng, latlng.lat);
    if (region === null) {
      if (!isPicking(state, originalEvent)) state.set({ region: null });
      return tooltip.hide();
    }
    choose(region, originalEvent);
    tooltip.show(region, containerPoint);
  });
  let at = null;
  const go = (region) => {
    at = region;
    map.panInside([study.anchors[region][1], study.anchors[region][0]], { padding: [60, 60], animate: false });
    state.set({ hovered: region });
    tooltip.show(region, pointOf(map, study, region));
  };
  node.setAttribute("tabindex", "0");
  node.setAttribute("role", "application");
  node.addEventListener("keydown", (event) => {
    const way = WAYS[event.key];
    if (way) go(at === null ? byRoom[0] : nearestThatWay(study, at, way) ?? at);
    else if (event.key === "Enter" && at !== null) choose(at, event);
    else if (event.key === "Escape") state.set({ region: null, brushed: null });
    else return;
    event.preventDefault();
  });
  node.addEventListener("blur", leave);
}

function pointOf(map, study, region) {
  const [x, y] = study.anchors[region];
  return map.latLngToContainerPoint([y, x]);
}

function moveFocus(ground, from, to) {
  ground.polygons[from].getElement().setAttribute("tabindex", "-1");
  const element = ground.polygons[to].getElement();
  element.setAttribute("tabindex", "0");
  element.focus();
}

/** The region whose anchor lies nearest in a direction, at most 60 degrees off it. */
export function nearestThatWay(study, from, [dx, dy]) {
  const [x, y] = study.anchors[from];
  let best = null;
  let least = Infinity;
  study.anchors.forEach(([otherX, otherY], region) => {
    const along = (otherX - x) * dx + (otherY - y) * dy;
    const across = Math.abs((otherX - x) * dy) + Math.abs((otherY - y) * dx);
    if (region === from || along <= 0 || across > 1.75 * along) return;
    const distance = along + 2 * across;
    if (distance < least) [best, least] = [region, distance];
  });
  return best;
}

/** What a region shows, for screen readers. */
export function speakRegions(ground, layer, state) {
  const { study, wording, map } = ground;
  if (ground.sheet) {
    map.getContainer().setAttribute("aria-label", wording.say("map_keys"));
    return;
  }
  const names = wording.pick(study.names);
  study.regions.forEach((region) => {
    const element = ground.polygons[region].getElement();
    if (!element) return;
    const number = study.classOf(layer, region, state);
    const value = valueText(wording, layer, study.value(layer, region, state));
    const words = number >= 0 && layer.labels ? [wording.pick(layer.labels[number])] : [];
    if (layer.kind !== "categories") words.push(value);
    const rank = rankText(study, wording, layer, region, state);
    if (rank) words.push(rank);
    if (study.isDoubtful(layer, region, state)) words.push(wording.say("in_doubt"));
    if (study.isNearly(layer, region, state)) words.push(wording.say("nearly"));
    if (isHidden(study, layer, region, state)) words.push(wording.say("hidden_red"));
    element.setAttribute("aria-label", `${names[region]}: ${wording.clauses(words)}`);
    element.setAttribute("aria-pressed", String(state.region === region));
  });
}
