// What is being looked at, as one small object; it also stands in the address after the hash.

import { WAYS } from "./classes.js";
import { placeOf, placeText } from "./place.js";
import { remarksIn, remarksTo } from "./remarks.js";

/** How the table is sorted unless it is chosen. */
const SORTED = "rank";

/** What a region can be laid beside, but for another region; what is shown as many small maps. */
const [BESIDE, MANY] = [["zone", "like", "best"], ["years", "dimensions"]];

/** So many regions that are picked stand in the address at most. */
const MOST_KEPT = 400;

export class State {
  constructor(study, language) {
    this.study = study;
    this.year = study.span - 1;
    this.base = 0;
    this.layer = study.layers[0].id;
    this.region = null;
    this.beside = new Set(["zone"]);
    this.hovered = null;
    this.language = language;
    this.theme = null;
    this.outlines = new Set();
    this.usual = ["names", ...study.ground.context.filter(({ on }) => on).map(({ id }) => id)].sort().join();
    this.shown = new Set(this.usual.split(","));
    this.classes = null;
    this.as = null;
    this.form = null;
    this.scenario = null;
    this.brushed = null;
    this.picking = false;
    this.vs = null;
    this.how = null;
    this.against = null;
    this.table = false;
    this.sort = sortOf(SORTED);
    this.place = null;
    this.story = null;
    this.remarks = new Map();
    this.isEmbedded = false;
    this.folds = new Set(["classes", "ranking", "beside", "profile", "trend", "indicators"]);
    this.measure = Object.keys(study.gaps)[0] || null;
    this.whole = false;
    this.watchers = [];
  }

  watch(watcher) {
    this.watchers.push(watcher);
  }

  /** Change some fields and tell the watchers which. */
  set(changes) {
    const changed = Object.keys(changes).filter((name) => this[name] !== changes[name]);
    if (!changed.length) return;
    Object.assign(this, changes);
    this.tell(changed);
  }

  tell(changed) {
    const names = new Set(changed);
    for (const watcher of this.watchers) watcher(names);
  }

  /** What a view shows that says nothing of it. */
  plain() {
    const nothing = { region: null, classes: null, as: null, form: null, scenario: null, place: null, table: false };
    const alone = { beside: new Set(["zone"]), brushed: null, vs: null, how: null, against: null };
    return { ...nothing, ...alone, base: 0, year: this.study.span - 1, outlines: new Set(), remarks: new Map() };
  }

  /** Show what an address asks for and nothing else; what concerns the reader stays. */
  show(hash, more = {}) {
    const { language, theme, isEmbedded, ...view } = this.read(hash);
    this.set({ ...this.plain(), ...view, ...more });
  }

  toHash() {
    const parts = new URLSearchParams();
    if (this.study.years.length) parts.set("year", this.study.years[this.year]);
    parts.set("layer", this.layer);
    if (this.study.isSince(this.study.layerById.get(this.layer))) {
      parts.set("since", this.study.years[this.base]);
    }
    if (this.region !== null) parts.set("region", this.study.keys[this.region]);
    if ([...this.beside].join() !== "zone") parts.set("with", [...this.beside].map((each) => this.study.keys[each] ?? each).join(","));
    if (this.brushed && this.brushed.size <= MOST_KEPT) parts.set("picked", [...this.brushed].map((region) => this.study.keys[region]).join(","));
    if (this.vs) parts.set("vs", this.vs);
    if (this.how) parts.set("how", this.how);
    if (this.against) parts.set("against", this.against);
    if (this.outlines.size) parts.set("outlines", [...this.outlines].sort().join(","));
    const shown = [...this.shown].sort().join();
    if (shown !== this.usual) parts.set("show", shown);
    if (this.table) parts.set("table", "1");
    if (sortText(this.sort) !== SORTED) parts.set("sort", sortText(this.sort));
    if (this.classes) parts.set("classes", this.classes);
    if (this.as) parts.set("as", this.as);
    if (this.form) parts.set("form", this.form);
    if (this.scenario) parts.set("weights", this.scenario);
    if (this.place) parts.set("view", placeText(this.place));
    if (this.story !== null) parts.set("story", this.story + 1);
    remarksTo(parts, this.remarks, this.study);
    if (this.isEmbedded) parts.set("embed", "1");
    parts.set("lang", this.language);
    if (this.theme) parts.set("theme", this.theme);
    return `#${parts}`.replaceAll("%2C", ",").replaceAll("%3A", ":");
  }

  /** Take what an address asks for. */
  fromHash(hash) {
    this.set(this.read(hash));
  }

  /** What an address asks for, as changes; what it does not know is passed over. */
  read(hash) {
    const parts = new URLSearchParams(hash.replace(/^#/, ""));
    const { study } = this;
    const changes = {};
    const place = (list, name) => list.findIndex((entry) => String(entry) === parts.get(name));
    const year = place(study.years, "year");
    const base = place(study.years, "since");
    const region = place(study.keys, "region");
    if (year >= 0) changes.year = year;
    if (base >= 0) changes.base = base;
    if (region >= 0) changes.region = region;
    const regions = (name) => (parts.get(name) || "").split(",").map((key) => [key, study.keys.findIndex((each) => String(each) === key)]);
    if (parts.has("with")) changes.beside = new Set(regions("with").map(([key, at]) => (at < 0 ? key : at)).filter((each) => BESIDE.includes(each) || Number.isInteger(each)));
    const picked = regions("picked").map(([, at]) => at).filter((at) => at >= 0);
    changes.brushed = picked.length ? new Set(picked) : null;
    const vs = parts.get("vs");
    const isVs = MANY.includes(vs) || place(study.years, "vs") >= 0 || (vs || "").startsWith("layer:") && study.layerById.has(vs.slice(6));
    changes.vs = isVs ? vs : null;
    changes.how = parts.get("how") === "swipe" ? "swipe" : null;
    if (study.layerById.has(parts.get("against"))) changes.against = parts.get("against");
    if (study.layerById.has(parts.get("layer"))) changes.layer = parts.get("layer");
    if (Object.hasOwn(study.words, parts.get("lang"))) changes.language = parts.get("lang");
    if (parts.has("show")) {
      const known = ["names", "scale", "north", "graticule", ...study.ground.context.map(({ id }) => id)];
      changes.shown = new Set(parts.get("show").split(",").filter((id) => known.includes(id)));
    }
    if (parts.get("table") === "1") changes.table = true;
    if (/^-?(rank|name|value|number|change)$/.test(parts.get("sort"))) changes.sort = sortOf(parts.get("sort"));
    if (parts.has("weights")) changes.scenario = parts.get("weights");
    const seen = placeOf(parts.get("view"));
    if (seen) changes.place = seen;
    const stop = Number(parts.get("story")) - 1;
    if (stop in study.story) changes.story = stop;
    const remarks = remarksIn(parts, study);
    if (remarks.size) changes.remarks = remarks;
    if (parts.get("embed") === "1") changes.isEmbedded = true;
    if (WAYS.includes(parts.get("classes"))) changes.classes = parts.get("classes");
    if (parts.get("as") === "areas") changes.as = "areas";
    if (Object.hasOwn(study.ground.forms, parts.get("form"))) changes.form = parts.get("form");
    if (["dark", "light"].includes(parts.get("theme"))) changes.theme = parts.get("theme");
    if (parts.has("outlines")) {
      const known = new Set([...study.outlines, ...study.data.ellipses].map(({ id }) => id));
      changes.outlines = new Set(parts.get("outlines").split(",").filter((id) => known.has(id)));
    }
    const told = stop in study.story && !parts.has("layer") ? study.story[stop].view : "";
    if (!told || told.includes("story=")) return changes;
    const asked = Object.entries(changes).filter(([, value]) => value !== null);
    return { ...this.read(told), ...Object.fromEntries(asked) };
  }
}

const sortText = ({ by, down }) => `${down ? "-" : ""}${by}`;

const sortOf = (text) => ({ by: text.replace("-", ""), down: text[0] === "-" });
