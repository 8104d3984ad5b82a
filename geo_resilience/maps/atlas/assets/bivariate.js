// Two things in one color: how high the index is, and how certain its grade or how it changed.

/** A row a third of the level, lowest first; nine colors that color-blind readers tell apart. */
const COLORS = {
  certainty: ["#f3f3f3", "#f3c9a0", "#f3962e", "#b4d3e1", "#b4a98f", "#b37a2f", "#509dc2", "#4f7d83", "#3f3f2f"],
  change: ["#f0d9b8", "#e6e6e3", "#c3dcf0", "#c98f3c", "#a3a3a0", "#4f97cc", "#7a4a0c", "#5a5a58", "#0b4a86"],
};

const THIRDS = ["low", "middle", "high"].map((name) => `third_${name}`);
const WAYS = ["fell", "hardly", "rose"].map((name) => `change_${name}`);

/** Cut points that part the values of all years into thirds. */
function thirds(values) {
  const ordered = [...values].filter(Number.isFinite).sort((a, b) => a - b);
  return [1, 2].map((part) => ordered[Math.round((part * ordered.length) / 3)]);
}

/** The layers of two things that a study has; `study.pairs` says how each is parted. */
export function addPairs(study, classOfValue) {
  const { certainty } = study;
  const [main, change] = ["grade", "change"].map((id) => study.layerById.get(id));
  if (!main) return;
  const cuts = thirds(study.original(study.main));
  const text = (say) => Object.fromEntries(Object.keys(study.words).map((language) => [language, say(study.words[language], language)]));
  const add = (what, second, labels) => {
    const rows = THIRDS.map((key) => text((words) => words[key]));
    const named = rows.flatMap((row) => labels.map((label) => text((words, language) => words.pair_of.replace("{one}", row[language]).replace("{two}", label[language]))));
    const layer = { ...main, id: `level ${what}`, kind: "categories", codes: null, cuts: null, colors: COLORS[what], labels: named, name: text((words) => words[`level_${what}`]), read: `pair_${what}`, ordered: false, unit: null };
    const classOf = (region, state) => {
      const [level, other] = [classOfValue(study.at(study.main, region, state.year), cuts), second(region, state)];
      return level < 0 || !(other >= 0) ? -1 : 3 * level + other;
    };
    study.pairs.set(layer.id, { classOf, rows, columns: labels, of: what === "change" ? change : certainty });
    study.layers.push(layer);
    study.layerById.set(layer.id, layer);
  };
  if (certainty && certainty.steps.length === 3) add("certainty", (region, { year }) => study.at(certainty.codes, region, year) % 3, certainty.steps);
  if (!change || study.years.length < 2) return;
  const edges = change.cuts.slice(2, 4);
  add("change", (region, state) => classOfValue(study.value(change, region, state), edges), WAYS.map((key) => text((words) => words[key])));
}
