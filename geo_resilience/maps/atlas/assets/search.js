// Finding a region by its key or any spelling of its name.

import { make } from "./dom.js";

/** Up to so many regions all are offered in lists; of more only some that what is typed may mean. */
export const MOST_LISTED = 600;

const MOST_OFFERED = 50;

/** Fill a list of suggestions. */
export function offer(list, study, wording, text) {
  const isShort = study.size <= MOST_LISTED;
  if (isShort && list.lang === wording.language) return;
  list.lang = wording.language;
  const offered = isShort ? study.regions : beginning(study, text).slice(0, MOST_OFFERED);
  const all = Object.values(study.names);
  const names = wording.pick(study.names);
  list.replaceChildren(
    ...offered.map((region) => {
      const others = all.map((each) => each[region]).filter((name) => name !== names[region]);
      return make("option", { value: names[region], label: [...others, study.keys[region]].join(" · ") });
    }),
  );
}

const folded = (text) => String(text).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[\s'’·.-]/g, "");

/** Administrative words that may follow or be left out. */
const WORDS = /(autonomousregion|municipality|province|prefecture|county|district|city|sheng|shi|zizhiqu|自治区|自治州|自治县|特别行政区|地区|省|市|县|区|盟)$/;
const bare = (text) => text.replace(WORDS, "") || text;

const spelled = new WeakMap();

/** Every spelling of every region, folded once. */
function spellings(study) {
  if (!spelled.has(study)) {
    const lists = [study.keys, ...Object.values(study.names)];
    const namesOf = (region) => [...lists.map((list) => list[region]), ...(study.aliases[region] || "").split("|")];
    spelled.set(study, study.regions.map((region) => [...new Set(namesOf(region).map(folded))].filter(Boolean)));
  }
  return spelled.get(study);
}

/** Regions of which any spelling begins so. */
function beginning(study, text) {
  const wanted = folded(text);
  return wanted ? study.regions.filter((region) => spellings(study)[region].some((name) => name.startsWith(wanted))) : [];
}

/** Regions by key or any spelling: whole, without the administrative word, or by a beginning. */
export function regionsFound(study, text) {
  const wanted = folded(text);
  if (!wanted) return [];
  const tries = [(name) => name === wanted, (name) => bare(name) === bare(wanted), (name) => name.startsWith(wanted)];
  const names = spellings(study);
  let found = [];
  for (const fits of tries) {
    const fitting = study.regions.filter((region) => names[region].some(fits));
    if (fitting.length === 1) return fitting;
    if (fitting.length) found = fitting;
  }
  return found;
}
