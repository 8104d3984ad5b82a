// Out of the page: the present view as PNG, SVG or CSV, or on paper.

import { byId, keepFile, make } from "./dom.js";
import { drawPicture, pictureOf } from "./picture.js";
import { classLabels } from "./legend.js";
import { weightsTold } from "./scenario.js";
import { layerName, roledName } from "./tooltip.js";

/** A landscape page in pixels, 300 of them an inch. */
const A4 = [3508, 2480];

export class Downloads {
  constructor(study, wording, state) {
    Object.assign(this, { study, wording, state });
    const ways = { png: () => this.png(), svg: () => this.svg(), csv: () => this.csv(), all: () => this.csv(true), print: () => window.print() };
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
    const drawn = this.picture();
    const sheet = byId("out_size").value === "A4" ? drawn.replace(/ width="\d+" height="\d+"/, ' width="297mm" height="210mm"') : drawn;
    this.save(new Blob([sheet], { type: "image/svg+xml" }), "svg");
  }

  async png() {
    const image = new Image();
    const address = URL.createObjectURL(new Blob([this.picture()], { type: "image/svg+xml" }));
    image.src = address;
    await image.decode();
    const asked = byId("out_size").value;
    const wide = Number(asked) || image.width;
    const [width, height] = asked === "A4" ? A4 : [wide, Math.round((wide * image.height) / image.width)];
    const canvas = make("canvas", { width, height });
    const pen = canvas.getContext("2d");
    pen.fillStyle = this.style("--page");
    pen.fillRect(0, 0, width, height);
    const scale = Math.min(width / image.width, height / image.height);
    const [own, high] = [scale * image.width, scale * image.height];
    pen.drawImage(image, (width - own) / 2, (height - high) / 2, own, high);
    URL.revokeObjectURL(address);
    canvas.toBlob((blob) => this.save(blob, "png"));
  }

  csv(isWhole = false) {
    const text = tableOf(this.study, this.wording, this.state, isWhole);
    this.save(new Blob(["\uFEFF", text], { type: "text/csv;charset=utf-8" }), "csv", isWhole);
  }

  /** A name says layer and year, and that a scenario is what is saved. */
  save(blob, kind, isWhole = false) {
    const { study, state } = this;
    const year = isWhole ? "all" : study.yearName(state.year);
    const tried = study.isTried(study.layerOf(state)) ? "scenario" : "";
    const name = [state.layer, year, tried].filter(Boolean).join("-");
    keepFile(blob, `${name.replace(/[^\w-]+/g, "_")}.${kind}`);
  }
}

/** What is shown as CSV: a row a region and year, values in full, with how certain they are. */
export function tableOf(study, wording, state, isWhole = false) {
  const layer = study.layerOf(state);
  const labels = classLabels(wording, layer);
  const names = wording.pick(study.names);
  const tried = study.isTried(layer);
  const pair = study.pairs.get(layer.id);
  const name = pair ? wording.say("composite") : roledName(study, wording, state, layer);
  const more = [
    ...(tried ? studyColumns(study, wording, layer, state) : doubtColumns(study, wording, layer)),
    ...(pair ? [{ name: layerName(study, wording, state, pair.of), at: (region, year) => known(study.value(pair.of, region, { ...state, year })) }] : []),
    ...(state.brushed ? [{ name: wording.say("is_picked"), at: (region) => Number(state.brushed.has(region)) }] : []),
    ...remarkColumn(wording, state),
  ];
  const shown = tried ? wording.say("scenario_named", { name, weights: weightsTold(study, wording, state, 0) }) : name;
  const head = ["adcode", "name", "year", shown, wording.say("class"), wording.say("rank"), ...more.map((column) => column.name)];
  const years = isWhole && study.years.length ? study.years.keys() : [state.year];
  const rows = [...years].flatMap((year) => {
    const then = { ...state, year };
    return study.regions.map((region) => {
      const rank = study.rank(layer, region, then) || "";
      const own = [known(study.value(layer, region, then)), labels[study.classOf(layer, region, then)] || "", rank];
      return [study.keys[region], names[region], study.yearName(year), ...own, ...more.map(({ at }) => at(region, year))];
    });
  });
  const above = wording.pick(study.base.saved).map((told) => [`# ${told}`]);
  return [...above, head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

const known = (value) => (Number.isFinite(value) ? value : "");

/** Beside a scenario what the study itself has. */
function studyColumns(study, wording, layer, state) {
  const name = wording.say("in_study", { name: layerName(study, wording, state, layer) });
  const column = study.original(layer.column);
  const of = (region, year) => column[region * study.span + year];
  const isChange = layer.kind === "change";
  return [{ name, at: (region, year) => known(of(region, year) - (isChange ? of(region, state.base) : 0)) }];
}

/** Intervals and chances of grades where they are known, or the p of a cluster. */
function doubtColumns(study, wording, layer) {
  const column = (name, from) => ({ name, at: (region, year) => known(study.at(from, region, year)) });
  if (layer.doubt) return [column(wording.say(layer.by), layer.doubt)];
  if (!study.certainty || ![study.main, "grade", study.certainty.id].includes(layer.column)) return [];
  const { bands, shares } = study.certainty;
  const called = { composite: wording.say("composite"), rank: wording.say("rank") };
  const { labels } = study.layerById.get("grade");
  return [
    ...Object.entries(bands).flatMap(([what, ends]) => ["low", "high"].map((end) => column(wording.say(`interval_${end}`, { name: called[what] }), ends[end]))),
    ...shares.map((share, number) => column(wording.say("chance_of", { label: wording.pick(labels[number]) }), share)),
  ];
}

function remarkColumn(wording, { remarks }) {
  return remarks.size ? [{ name: wording.say("remark"), at: (region) => remarks.get(region) || "" }] : [];
}

const FORMULA = /^[=+@\t\r-]/;
const NEEDS_QUOTES = /[",\r\n]/;

/** Text that a spreadsheet would run as a formula gets an apostrophe in front. */
function cell(value) {
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
