// What is shown as a table: sortable, and linked with the map both ways.

import { make, swatch } from "./dom.js";
import { classLabels } from "./legend.js";
import { FIRST_ROWS, moreButton } from "./nation.js";
import { layerName, valueText } from "./tooltip.js";

/** One object a region, with what the columns show and are sorted by. */
export function tableRows(study, wording, state) {
  const layer = study.layerOf(state);
  const names = wording.pick(study.names);
  const plain = layer.kind === "change" || layer.kind === "categories";
  return study.regions.map((region) => {
    const value = study.value(layer, region, state);
    const first = plain || !state.year ? NaN : study.at(layer.column, region, 0);
    const number = study.classOf(layer, region, state);
    const rank = layer.kind === "categories" ? null : study.rank(layer, region, state);
    return { region, name: names[region], value: plain && layer.kind === "categories" ? number : value, number, rank, change: value - first };
  });
}

/** Rows in the order asked for; what has no value comes last either way. */
export function sortedRows(rows, { by, down }, language) {
  const compare = new Intl.Collator(language === "zh" ? "zh-CN-u-co-pinyin" : language).compare;
  const isBare = (row) => by !== "name" && (row[by] === null || !Number.isFinite(row[by]));
  const order = (a, b) => (by === "name" ? compare(a.name, b.name) : a[by] - b[by]);
  return [...rows].sort((a, b) => {
    if (isBare(a) || isBare(b)) return isBare(a) - isBare(b) || a.region - b.region;
    return (down ? order(b, a) : order(a, b)) || a.region - b.region;
  });
}

export function tableSections(study, wording, state) {
  const layer = study.layerOf(state);
  const columns = columnsOf(study, wording, state, layer);
  const known = columns.some(({ id }) => id === state.sort.by);
  const sort = known ? state.sort : { by: "name", down: false };
  const rows = sortedRows(tableRows(study, wording, state), sort, wording.language);
  const shown = state.whole ? rows : rows.slice(0, FIRST_ROWS);
  const head = make("tr", {}, ...columns.map((column) => headCell(state, sort, column)));
  const body = shown.map((row) => bodyRow(state, row, columns));
  const caption = make("caption", {}, wording.named(layerName(study, wording, state, layer), layer), " ", make("span", { class: "muted" }, study.yearName(state.year)));
  const table = make("table", { class: "sheet-table" }, caption, make("thead", {}, head), make("tbody", {}, ...body));
  return shown.length < rows.length ? [table, moreButton(wording, state, rows.length)] : [table];
}

function columnsOf(study, wording, state, layer) {
  const labels = classLabels(wording, layer);
  const told = (shown, value) => valueText(wording, { ...shown, unit: null }, value);
  const columns = [{ id: "name", title: wording.say("region"), cell: ({ name }) => name }];
  const isKind = layer.kind === "categories";
  if (!isKind) columns.unshift({ id: "rank", title: wording.say("rank"), cell: ({ rank }) => (rank === null ? "–" : String(rank)), figure: true });
  if (!isKind) columns.push({ id: "value", title: wording.say("value"), cell: ({ value }) => told(layer, value), figure: true });
  const mark = ({ number }) =>
    make("span", { class: "chip" }, swatch(layer.colors[number] || null), layer.labels || isKind ? labels[number] || wording.say("no_data") : "");
  columns.push({ id: "number", title: wording.say("class"), cell: mark });
  if (!isKind && layer.kind !== "change" && layer.digits !== "share" && state.year) {
    const title = wording.say("since", { year: study.yearName(0) });
    const cell = ({ change }) => (Number.isFinite(change) ? told({ ...layer, kind: "change" }, change) : "–");
    columns.push({ id: "change", title, cell, figure: true });
  }
  return columns;
}

function headCell(state, sort, { id, title, figure }) {
  const own = sort.by === id;
  const down = own ? !sort.down : id === "value" || id === "change";
  const button = make("button", { type: "button", class: own ? "sorted" : "" }, title, make("i", { "aria-hidden": "true" }, own ? (sort.down ? "↓" : "↑") : ""));
  button.addEventListener("click", () => {
    state.set({ sort: { by: id, down } });
    document.querySelector(`.sheet-table th[data-column="${id}"] button`).focus();
  });
  const spoken = own ? (sort.down ? "descending" : "ascending") : "none";
  return make("th", { scope: "col", class: figure ? "figure" : "", "aria-sort": spoken, "data-column": id }, button);
}

function bodyRow(state, row, columns) {
  const { region } = row;
  const cells = columns.map(({ id, cell, figure }) => {
    if (id !== "name") return make("td", { class: figure ? "figure" : "" }, cell(row));
    const button = make("button", { type: "button", "data-region": region }, row.name);
    button.addEventListener("focus", () => state.set({ hovered: region }));
    return make("th", { scope: "row" }, button);
  });
  const node = make("tr", { "data-region": region, class: region === state.region ? "on" : "" }, ...cells);
  node.addEventListener("click", () => state.set({ region: state.region === region ? null : region }));
  node.addEventListener("mouseenter", () => state.set({ hovered: region }));
  node.addEventListener("mouseleave", () => state.set({ hovered: null }));
  return node;
}
