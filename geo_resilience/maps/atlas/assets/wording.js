// Every word on the page, in the language chosen, and how that language writes numbers.

/** Digits of an exponent. */
const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

export class Wording {
  constructor(tables, language) {
    this.tables = tables;
    this.choose(language);
  }

  get languages() {
    return Object.keys(this.tables);
  }

  choose(language) {
    this.language = this.tables[language] ? language : this.languages[0];
    this.formats = new Map();
  }

  /** The sentence of a key, its fields filled in ({count:region|regions} by number); a value is never read for fields. */
  say(key, values = {}) {
    const sentence = this.tables[this.language][key];
    if (sentence === undefined) return key;
    return sentence.replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (field, name, one, many) => {
      if (!(name in values)) return field;
      if (many === undefined) return values[name];
      return String(values[name]) === "1" ? one : many;
    });
  }

  has(key) {
    return key in this.tables[this.language];
  }

  /** A text that the study gives in several languages, in this one. */
  pick(text) {
    if (text === null || text === undefined) return "";
    if (typeof text === "string") return text;
    return text[this.language] || text[this.languages[0]] || Object.values(text)[0] || "";
  }

  /** How to read a layer: a sentence of the page, or one of the layer's own. */
  reading({ read }) {
    return typeof read === "string" ? this.say(`read_${read}`) : this.pick(read);
  }

  number(value, digits = 3, signed = false) {
    if (!Number.isFinite(value)) return this.say("no_data");
    const key = `${digits} ${signed}`;
    if (!this.formats.has(key)) {
      const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
      if (signed) options.signDisplay = "exceptZero";
      this.formats.set(key, new Intl.NumberFormat(this.language, options));
    }
    return this.formats.get(key).format(value).replace("-", "\u2212");
  }

  /** A number with as many decimals as its size wants: 3 figures or more. */
  figure(value, signed = false) {
    const size = Math.abs(value);
    if (!size || !Number.isFinite(size)) return this.number(value, 0, signed);
    if (size >= 1e15 || size < 1e-6) return this.power(value, 3, signed);
    const digits = Math.min(Math.max(2 - Math.floor(Math.log10(size)), 0), 6);
    return this.number(value, digits, signed);
  }

  /** A number too large or too small to be written out: 1.23 × 10 to a power. */
  power(value, figures, signed = false) {
    const [factor, exponent] = value.toExponential(figures - 1).split("e");
    const raised = [...String(Number(exponent))].map((letter) => RAISED[letter]).join("");
    const short = Number(factor) === Math.round(Number(factor)) ? String(Number(factor)) : factor;
    return `${signed && value > 0 ? "+" : ""}${short} × 10${raised}`.replace("-", "\u2212");
  }

  /** A share as percent. */
  share(value) {
    if (!Number.isFinite(value)) return this.say("no_data");
    return this.say("share_text", { value: this.number(100 * value, 0) });
  }

  /** A p, q or corrected p value. */
  doubt(value, kind = "p") {
    if (value < 0.001) return this.say(`${kind}_below`);
    return this.say(`${kind}_text`, { p: this.number(value, value < 0.1 ? 3 : 2) });
  }

  /** A finding with its word of certainty, where there is one. */
  sure(text, certainty) {
    return certainty ? this.say("sure", { text, certainty: this.say(`certainty_${certainty}`) }) : text;
  }

  /** What stands beside the test of a year that is not the last. */
  yearAlone(study, state) {
    return state.year < study.years.length - 1 ? this.say("year_alone") : "";
  }

  /** A cut point, written as short as it is. */
  cut(value, signed = false) {
    const size = Math.abs(value);
    if (size >= 1e15 || (size && size < 1e-6)) return this.power(value, 3, signed);
    const options = { maximumSignificantDigits: 6, signDisplay: signed ? "exceptZero" : "auto" };
    return new Intl.NumberFormat(this.language, options).format(value).replace("-", "\u2212");
  }

  list(items) {
    return items.join(this.say("comma"));
  }

  clauses(items) {
    return items.filter(Boolean).join(this.say("clause"));
  }

  sentences(items) {
    return items.filter(Boolean).reduce((one, other) => (one ? this.say("two_sentences", { one, other }) : other), "");
  }

  /** The name of a layer with its unit, where there is one. */
  named(name, { unit, measure }) {
    const told = measure === "plain" || measure === "share" ? "" : this.pick(unit);
    return told ? this.say("named_unit", { name, unit: told }) : name;
  }

  /** A number as measured: percent where it is a share, else with its unit. */
  measured(value, { unit, measure }, signed = false) {
    if (!Number.isFinite(value)) return this.say("no_data");
    if (measure === "share") return this.say("share_text", { value: this.figure(100 * value, signed) });
    return this.withUnit(this.figure(value, signed), measure === "plain" ? null : unit);
  }

  withUnit(text, unit) {
    const name = this.pick(unit);
    if (!name) return text;
    const way = name.startsWith("%") ? "percent" : /^\d/.test(name) ? "times" : "unit";
    return this.say(`value_${way}`, { value: text, unit: name });
  }
}
