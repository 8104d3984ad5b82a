// Remarks of whoever looks, one a region: on the map, in the address, in what is saved.

import { byId, make } from "./dom.js";
import { lineEnd, placeNames } from "./naming.js";
import { boxAround, floating } from "./placing.js";

/** So many remarks are taken from an address, each so long at most. */
const [MOST, LONGEST] = [60, 300];

/** So many letters stand in a line, Chinese ones counted twice, in so many lines at most. */
const [WIDE, LINES] = [30, 4];

const KEY = "note.";

/** Control characters and those that turn the direction of text. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g;

export const cleaned = (text) => [...text.replace(UNSEEN, " ").trim()].slice(0, LONGEST).join("");

export function remarksIn(parts, study) {
  const found = new Map();
  for (const [name, text] of parts) {
    const region = name.startsWith(KEY) ? study.keys.indexOf(name.slice(KEY.length)) : -1;
    if (region >= 0 && cleaned(text) && found.size < MOST) found.set(region, cleaned(text));
  }
  return found;
}

export function remarksTo(parts, remarks, study) {
  for (const [region, text] of [...remarks].sort(([a], [b]) => a - b)) parts.set(KEY + study.keys[region], text);
}

/** A text in lines, broken at blanks where there are some. */
export function folded(text, wide = WIDE, most = LINES) {
  const lines = [""];
  let used = 0;
  for (const part of text.match(/[\u2e80-\uffef]|[^\s\u2e80-\uffef]{1,28}|\s+/g) || []) {
    const size = [...part].reduce((sum, letter) => sum + (letter > "\u2e7f" ? 2 : 1), 0);
    if (used + size > wide && lines.at(-1) && !/^[，。；：、！？”）》]/.test(part)) {
      lines.push("");
      used = 0;
    }
    if (!lines.at(-1) && !part.trim()) continue;
    lines[lines.length - 1] += part;
    used += size;
  }
  return lines.length > most ? [...lines.slice(0, most - 1), `${lines[most - 1].trimEnd()}…`] : lines;
}

/** Where the remarks stand beside their regions, as large as `sizeOf` says, clear of what is taken. */
export function placedRemarks(study, remarks, options) {
  const must = [...remarks.keys()].sort((a, b) => a - b);
  return placeNames(study, { ...options, must, wanted: [], scale: 0 });
}

/** What is being written and not kept yet, by region. */
const drafts = new Map();

/** The part of a region's panel where its remark is written. */
export function remarkPart(wording, state) {
  const { region } = state;
  const text = state.remarks.get(region) || "";
  const label = wording.say("remark");
  const field = make("textarea", { id: "remark", rows: 2, maxlength: LONGEST, "aria-label": label, placeholder: wording.say("remark_hint") });
  field.value = drafts.get(region) ?? text;
  field.addEventListener("input", () => drafts.set(region, field.value));
  const keep = make("button", { type: "button", class: "framed", id: "remark_keep" }, wording.say("remark_keep"));
  const drop = make("button", { type: "button", class: "text", id: "remark_drop", hidden: !text }, wording.say("remark_drop"));
  const put = (told) => {
    drafts.delete(region);
    const remarks = new Map(state.remarks);
    if (told) remarks.set(region, told);
    else remarks.delete(region);
    state.set({ remarks });
    byId("remark").focus();
  };
  keep.addEventListener("click", () => put(cleaned(field.value)));
  drop.addEventListener("click", () => put(""));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    put(cleaned(field.value));
  });
  return make("div", { class: "remark-part" }, make("h3", {}, label), field, make("p", {}, keep, drop));
}

/** Remarks on the map, each with a line to its region. */
export class Remarks {
  constructor(map, study, state, ground) {
    Object.assign(this, { map, study, state, ground });
    this.node = make("div", { id: "remarks" });
    byId("stage").append(this.node);
    this.lines = L.layerGroup().addTo(map);
    map.on("movestart zoomstart", () => this.node.classList.add("moving"));
    map.on("moveend zoomend", () => this.refresh());
  }

  refresh() {
    const { map, study, state, node } = this;
    node.classList.remove("moving");
    this.lines.clearLayers();
    const seen = map.getBounds();
    const shown = new Map([...state.remarks].filter(([region]) => seen.contains(at(study.anchors[region]))));
    const cards = new Map([...shown].map(([region, text]) => [region, make("p", { class: "remark", "data-key": study.keys[region] }, text)]));
    node.replaceChildren(...cards.values());
    if (!cards.size) return;
    const sizeOf = (region) => [cards.get(region).offsetWidth, cards.get(region).offsetHeight];
    const { x: width, y: height } = map.getSize();
    const mapAt = (x, y) => map.containerPointToLatLng([x, y]);
    const isLand = (x, y) => this.ground.mask.isLand(mapAt(x, y).lng, mapAt(x, y).lat);
    const placeOf = (anchor) => map.latLngToContainerPoint(at(anchor));
    const options = { placeOf, sizeOf, isLand, box: [4, 4, width - 4, height - 4], taken: [...floating(map), ...this.names()] };
    for (const spot of placedRemarks(study, shown, options)) {
      const [wide, high] = sizeOf(spot.region);
      const { style } = cards.get(spot.region);
      style.left = `${spot.point.x - wide / 2}px`;
      style.top = `${spot.point.y - high / 2}px`;
      if (!spot.home) continue;
      const end = lineEnd(spot, [wide, high]);
      const line = [spot.home, end].map(({ x, y }) => mapAt(x, y));
      L.polyline(line, { className: "leader", interactive: false, weight: 1.2 }).addTo(this.lines);
    }
  }

  /** The boxes of the names that stand on the map. */
  names() {
    const { placed, widths } = this.ground;
    return [...(placed || new Map()).values()].filter(({ region }) => widths.has(region)).map(({ region, point }) => boxAround([point.x, point.y], widths.get(region)));
  }
}

const at = ([x, y]) => [y, x];
