// What the chosen region is laid beside: its zone, the regions most like it, the best, one of choice.

import { make } from "./dom.js";
import { MOST_LISTED, offer, regionsFound } from "./search.js";
import { valueText } from "./tooltip.js";

/** So many regions are most like one. */
const LIKE = 5;

/** Regions whose scaled indicators lie nearest in the year, weighted as in the index: the square root of the sum of w (z - z')². */
export function likeOf(study, own, year) {
  const asked = `${own} ${year}`;
  if (!study.alike.has(asked)) study.alike.set(asked, nearest(study, own, year));
  return study.alike.get(asked);
}

function nearest(study, own, year) {
  const known = study.indicators.filter(({ scaled, weight }) => scaled && weight > 0);
  const axes = known.length ? known.map(({ scaled, weight }) => [scaled, weight]) : study.dimensions.map(({ code }) => [code, 1]);
  if (!axes.length) return [];
  const away = (region) => axes.reduce((sum, [column, weight]) => sum + weight * (study.at(column, region, year) - study.at(column, own, year)) ** 2, 0);
  return study.regions
    .map((region) => ({ region, far: away(region) }))
    .filter(({ region, far }) => region !== own && Number.isFinite(far))
    .sort((a, b) => a.far - b.far || a.region - b.region)
    .slice(0, LIKE)
    .map(({ region }) => region);
}

/** All that the region can be laid beside, each with its members and whether it is. */
export function offered(study, wording, state) {
  const names = wording.pick(study.names);
  const found = [];
  const add = (kind, name, members) => members.length && found.push({ kind, name, members, isOn: state.beside.has(kind) });
  const zone = study.zoneOf(state.region);
  if (zone) add("zone", wording.pick(zone.name), zone.members);
  const like = likeOf(study, state.region, state.year);
  add("like", wording.say("like_it", { count: like.length }), like);
  const main = study.layerById.get(study.main) || study.layerOf(state);
  const best = study.ranked(main, state).find(({ region }) => region !== state.region);
  if (best) add("best", wording.say("best_named", { name: names[best.region] }), [best.region]);
  for (const region of state.beside) if (Number.isInteger(region) && region !== state.region) found.push({ kind: "second", name: names[region], members: [region], isOn: true });
  return found;
}

/** What the region is laid beside. */
export const besides = (study, wording, state) => (state.region === null ? [] : offered(study, wording, state).filter(({ isOn }) => isOn));

/** The regions among them that the map marks; a zone has its own outline. */
export const besideRegions = (study, wording, state) => [...new Set(besides(study, wording, state).flatMap(({ kind, members }) => (kind === "zone" ? [] : members)))].filter((region) => region !== state.region);

/** Buttons for what to lay beside, and a table of the index and its dimensions. */
export function besidePart(study, wording, state) {
  const buttons = offered(study, wording, state).map(({ kind, name, members, isOn }) => {
    const id = `beside_${kind}`;
    const title = kind === "like" ? wording.list(members.map((region) => wording.pick(study.names)[region])) : null;
    const button = make("button", { type: "button", class: `pill key-item ${kind}`, id, title, "aria-pressed": String(isOn) }, name);
    button.addEventListener("click", () => {
      toggle(state, kind === "second" ? members[0] : kind);
      const again = document.getElementById(id);
      if (again) again.focus();
    });
    return button;
  });
  return [make("div", { class: "pills" }, ...buttons, choice(study, wording, state)), table(study, wording, state)];
}

function toggle(state, what) {
  const chosen = new Set(state.beside);
  if (!chosen.delete(what)) chosen.add(what);
  state.set({ beside: chosen });
}

function table(study, wording, state) {
  const shown = besides(study, wording, state);
  const layer = study.layerOf(state);
  const rows = [];
  if (study.layerById.has(study.main)) rows.push([wording.say("composite"), study.main, study.layerById.get(study.main)]);
  for (const { code, name } of study.dimensions) rows.push([wording.pick(name), code, study.layerById.get(code) || { digits: 3 }]);
  if (["classes", "grades"].includes(layer.kind) && !rows.some(([, column]) => column === layer.column)) rows.unshift([wording.pick(layer.name), layer.column, layer]);
  const columns = [{ kind: "first", name: wording.pick(study.names)[state.region], members: [state.region] }, ...shown];
  const head = make("tr", {}, make("td", {}), ...columns.map(({ kind, name }) => make("th", { scope: "col", class: `key-item ${kind}` }, name)));
  const body = rows.map(([name, column, own]) => make("tr", {}, make("th", { scope: "row" }, name), ...columns.map(({ members }) => make("td", { class: "figure" }, valueText(wording, { ...own, unit: null }, study.mean(column, state.year, members))))));
  return make("div", { class: "scroll" }, make("table", { class: "plain beside" }, make("thead", {}, head), make("tbody", {}, ...body)));
}

/** Choose a region to lay beside: from a list, or by name where that were too long. */
function choice(study, wording, state) {
  const names = wording.pick(study.names);
  const label = wording.say("compare");
  const put = (region) => {
    const kept = [...state.beside].filter((each) => !Number.isInteger(each));
    state.set({ beside: new Set(region === null ? kept : [...kept, region]) });
  };
  const now = [...state.beside].find(Number.isInteger);
  if (study.size > MOST_LISTED) {
    const field = make("input", { class: "quiet framed", type: "search", list: "names", placeholder: label, "aria-label": label, value: names[now] });
    field.addEventListener("input", () => offer(document.getElementById("names"), study, wording, field.value));
    field.addEventListener("change", () => {
      const found = regionsFound(study, field.value);
      if (found.length < 2) put(found[0] ?? null);
    });
    return field;
  }
  const select = make("select", { class: "quiet", "aria-label": label }, make("option", { value: "" }, label));
  for (const region of study.regions) if (region !== state.region) select.append(make("option", { value: region, selected: region === now }, names[region]));
  select.addEventListener("change", () => put(select.value === "" ? null : Number(select.value)));
  return select;
}
