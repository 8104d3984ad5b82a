// Picking regions: by a rectangle on a chart or the map, by what a chart groups, one by one.

import { make } from "./dom.js";

/** Shorter moves than these, in pixels, are clicks. */
const LEAST = 4;

/** Pick regions, or let them go where they are picked already; `isMore` adds them to the others. */
export function pick(state, regions, isMore = false) {
  const held = state.brushed || new Set();
  const isHeld = regions.length > 0 && regions.every((region) => held.has(region));
  const own = new Set(regions);
  let kept = isHeld ? [] : regions;
  if (isMore) kept = isHeld ? [...held].filter((region) => !own.has(region)) : [...held, ...regions];
  else if (isHeld && held.size > own.size) kept = regions;
  state.set({ brushed: kept.length ? new Set(kept) : null });
}

export const isPicked = (state, regions) => Boolean(state.brushed) && state.brushed.size === regions.length && regions.every((region) => state.brushed.has(region));

/** Make what stands for some regions a button that picks them; with shift, these too. */
export function pickable(node, state, label, members) {
  const attributes = { role: "button", tabindex: 0, "aria-label": label, "aria-pressed": isPicked(state, members) };
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  const act = (event) => {
    event.stopPropagation();
    const again = node.dataset.pick;
    pick(state, members, event.shiftKey);
    const now = again && document.querySelector(`[data-pick="${CSS.escape(again)}"]`);
    if (now && event.type === "keydown") now.focus();
  };
  node.addEventListener("click", act);
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    act(event);
  });
}

/** Drag a rectangle over a node: `start` says whether an event begins one, `done` gets its corners in pixels. */
function dragged(node, show, { start, done }) {
  let from = null;
  const place = ({ clientX, clientY }) => {
    const { left, top } = node.getBoundingClientRect();
    return [clientX - left, clientY - top];
  };
  const boxTo = ([x, y]) => [Math.min(from[0], x), Math.min(from[1], y), Math.max(from[0], x), Math.max(from[1], y)];
  const isLong = ([left, top, right, bottom]) => Math.max(right - left, bottom - top) > LEAST;
  node.addEventListener("pointerdown", (event) => {
    if (event.button || !start(event)) return;
    from = place(event);
  });
  node.addEventListener("pointermove", (event) => {
    if (!from || !isLong(boxTo(place(event)))) return;
    if (!node.hasPointerCapture(event.pointerId)) node.setPointerCapture(event.pointerId);
    show(boxTo(place(event)));
  });
  const end = (event) => {
    if (!from) return;
    const box = boxTo(place(event));
    from = null;
    show(null);
    if (event.type === "pointerup") done(box, isLong(box), event);
  };
  node.addEventListener("pointerup", end);
  node.addEventListener("pointercancel", end);
}

/** A rectangle drawn on a chart of a width picks the points within; a click on empty ground lets all go. */
export function brushChart(svg, box, width, state, inside) {
  const show = (corners) => {
    const [left, top, right, bottom] = (corners || [0, 0, 0, 0]).map((value) => (value * width) / svg.getBoundingClientRect().width);
    for (const [name, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top })) box.setAttribute(name, value);
  };
  dragged(svg, show, {
    start: ({ target }) => !target.matches(".point"),
    done: (corners, isLong, event) => {
      if (!isLong) return event.target.closest("[role=button]") || state.set({ brushed: null });
      const found = inside(corners.map((value) => (value * width) / svg.getBoundingClientRect().width));
      state.set({ brushed: found.length ? new Set(event.shiftKey && state.brushed ? [...state.brushed, ...found] : found) : null });
    },
  });
}

/** Whether a click or key on a region picks it in place of opening it. */
export const isPicking = (state, event) => state.picking || Boolean(event && event.shiftKey);

/** A rectangle on the map, with shift or while regions are being picked, picks the regions whose middle lies within. */
export function brushMap(map, study, state) {
  const node = map.getContainer();
  const box = make("div", { class: "map-brush", hidden: true });
  node.append(box);
  map.boxZoom.disable();
  let isDrawn = false;
  const show = (corners) => {
    box.hidden = !corners;
    if (!corners) return;
    isDrawn = true;
    const [left, top, right, bottom] = corners;
    Object.assign(box.style, { left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` });
  };
  dragged(node, show, {
    start: (event) => {
      isDrawn = false;
      return isPicking(state, event);
    },
    done: ([left, top, right, bottom], isLong, event) => {
      if (!isLong) return;
      const found = study.regions.filter((region) => {
        const { x, y } = map.latLngToContainerPoint([study.anchors[region][1], study.anchors[region][0]]);
        return x >= left && x <= right && y >= top && y <= bottom;
      });
      if (found.length) state.set({ brushed: new Set([...(event.shiftKey && state.brushed ? state.brushed : []), ...found]) });
    },
  });
  node.addEventListener("click", (event) => isDrawn && event.stopImmediatePropagation(), true);
}

/** What is picked, with a button that lets it go. */
export function pickedPart(study, wording, state) {
  const names = wording.pick(study.names);
  const list = [...state.brushed].slice(0, 40).map((region) => names[region]);
  const rest = state.brushed.size > list.length ? " …" : "";
  const clear = make("button", { type: "button", class: "pill", id: "let_go" }, wording.say("let_go"));
  clear.addEventListener("click", () => state.set({ brushed: null }));
  return make("div", { class: "picked" }, make("p", { class: "muted", "aria-live": "polite" }, wording.say("picked", { count: state.brushed.size, names: wording.list(list) + rest })), clear);
}
