// Out of the page: the present view as PNG, SVG or CSV, or on paper.

import { byId, make } from "./dom.js";
import { drawPicture, pictureOf } from "./picture.js";
import { classLabels } from "./legend.js";
import { layerName, nameWithRole } from "./tooltip.js";

export class Downloads {
  constructor(study, wording, state) {
    Object.assign(this, { study, wording, state });
    const ways = { png: () => this.png(), svg: () => this.svg(), csv: () => this.csv(), print: () => window.print() };
    window.addEventListener("beforeprint", () => this.layOut());
    window.addEventListener("afterprint", () => this.clear());
    for (const [way, act] of Object.entries(ways)) {
      byId(`out_${way}`).addEventListener("click", () => {
        byId("out_menu").open = false;
        act();
      });
    }
  }

  /** What the page's style says of a name, in the theme that is on. */
  get style() {
    const styles = getComputedStyle(document.body);
    return (name) => styles.getPropertyValue(name).trim();
  }

  picture() {
    return pictureOf(this.study, this.wording, this.state, this.style);
  }

  /** On paper the picture stands for the page: lines and letters, in light colors. */
  layOut() {
    const { theme } = document.documentElement.dataset;
    document.documentElement.dataset.theme = "light";
    const { style } = this;
    const paper = drawPicture(this.study, this.wording, this.state, (name) => (name === "--page" ? "#fff" : style(name)), true);
    document.documentElement.dataset.theme = theme;
    paper.id = "paper";
    this.clear();
    document.body.append(paper);
  }

  clear() {
    const paper = byId("paper");
    if (paper) paper.remove();
  }

  svg() {
    this.save(new Blob([this.picture()], { type: "image/svg+xml" }), "svg");
  }

  async png() {
    const image = new Image();
    const address = URL.createObjectURL(new Blob([this.picture()], { type: "image/svg+xml" }));
    image.src = address;
    await image.decode();
    const canvas = make("canvas", { width: 2 * image.width, height: 2 * image.height });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(address);
    canvas.toBlob((blob) => this.save(blob, "png"));
  }

  csv() {
    const text = tableOf(this.study, this.wording, this.state);
    this.save(new Blob(["\uFEFF", text], { type: "text/csv;charset=utf-8" }), "csv");
  }

  save(blob, kind) {
    const address = URL.createObjectURL(blob);
    const name = [this.state.layer, this.study.yearName(this.state.year)].filter(Boolean).join("-");
    make("a", { href: address, download: `${name.replace(/[^\w-]+/g, "_")}.${kind}` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }
}

/** What is shown as CSV: a row a region, values in full. */
export function tableOf(study, wording, state) {
  const layer = study.layerOf(state);
  const labels = classLabels(wording, layer);
  const names = wording.pick(study.names);
  const pair = study.pairs.get(layer.id);
  const more = [
    ...(pair ? [[layerName(study, wording, state, pair.of), (region) => study.value(pair.of, region, state)]] : []),
    ...(state.brushed ? [[wording.say("is_picked"), (region) => Number(state.brushed.has(region))]] : []),
  ];
  const name = pair ? wording.say("composite") : nameWithRole(study, wording, state, layer);
  const head = ["adcode", "name", "year", name, wording.say("class"), wording.say("rank"), ...more.map(([title]) => title)];
  const rows = study.regions.map((region) => {
    const value = study.value(layer, region, state);
    const shown = Number.isFinite(value) ? value : "";
    const rank = study.rank(layer, region, state) || "";
    return [study.keys[region], names[region], study.yearName(state.year), shown, labels[study.classOf(layer, region, state)] || "", rank, ...more.map(([, of]) => (Number.isFinite(of(region)) ? of(region) : ""))];
  });
  return [head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

const FORMULA = /^[=+@\t\r-]/;
const NEEDS_QUOTES = /[",\r\n]/;

/** Text that a spreadsheet would run as a formula gets an apostrophe in front. */
function cell(value) {
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
