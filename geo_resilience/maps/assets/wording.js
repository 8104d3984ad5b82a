// Every word on the page, in the language chosen, and how that language writes numbers.

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

  /** The sentence of a key, its fields filled in; a value is never read for fields again. */
  say(key, values = {}) {
    const sentence = this.tables[this.language][key];
    if (sentence === undefined) return key;
    return sentence.replace(/\{(\w+)\}/g, (field, name) => (name in values ? values[name] : field));
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
    const digits = Math.min(Math.max(2 - Math.floor(Math.log10(size)), 0), 6);
    return this.number(value, digits, signed);
  }

  /** A cut point, written as short as it is. */
  cut(value, signed = false) {
    const options = { maximumSignificantDigits: 6, signDisplay: signed ? "exceptZero" : "auto" };
    return new Intl.NumberFormat(this.language, options).format(value).replace("-", "\u2212");
  }

  list(items) {
    return items.join(this.say("comma"));
  }

  clauses(items) {
    return items.filter(Boolean).join(this.say("clause"));
  }

  withUnit(text, unit) {
    const name = this.pick(unit);
    if (!name) return text;
    return this.say(name.startsWith("%") ? "value_percent" : "value_unit", { value: text, unit: name });
  }
}
