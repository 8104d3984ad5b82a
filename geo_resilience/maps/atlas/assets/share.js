// What is passed on: a link to the present view, the code of a frame that shows it, the page within such a frame.

import { byId, make } from "./dom.js";

/** What a frame may do: run the page, save what is asked for, print, open the whole atlas beside it. */
const SANDBOX = "allow-scripts allow-downloads allow-modals allow-popups allow-popups-to-escape-sandbox";

/** From so many letters on some programs cut an address. */
const LONG = 2000;

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The code of a frame that shows an address. */
export const frameCode = (address, title) => `<iframe src="${escaped(address)}" title="${escaped(title)}" width="100%" height="480" loading="lazy" sandbox="${SANDBOX}" style="border:0"></iframe>`;

export class Share {
  constructor(study, wording, state) {
    Object.assign(this, { study, wording, state });
    const ways = { link: () => this.address(), frame: () => frameCode(this.address({ isEmbedded: true }), wording.pick(study.title)) };
    // A page that stands within another's text has no address of its own.
    this.hasAddress = location.protocol !== "about:";
    for (const [way, text] of Object.entries(ways)) {
      byId(`copy_${way}`).hidden = !this.hasAddress;
      byId(`copy_${way}`).addEventListener("click", () => this.copy(text()));
    }
  }

  /** The address of the present view, alone or within a frame. */
  address({ isEmbedded = false } = {}) {
    const own = this.state.isEmbedded;
    this.state.isEmbedded = isEmbedded;
    const hash = this.state.toHash();
    this.state.isEmbedded = own;
    return location.href.split("#")[0] + hash;
  }

  /** Copy a text; where the browser does not let it, show it to be copied by hand. */
  async copy(text) {
    const isLong = text.length > LONG;
    const told = (key) => this.wording.say(isLong ? `${key}_long` : key, { count: text.length });
    byId("out_menu").open = false;
    try {
      await navigator.clipboard.writeText(text);
      this.tell(told("copied"));
    } catch {
      this.show(text, told("copy_by_hand"));
    }
  }

  tell(text) {
    const node = byId("copied");
    node.value = text;
    node.hidden = false;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => (node.hidden = true), 6000);
  }

  show(text, told) {
    const field = make("textarea", { readonly: true, rows: 5, "aria-label": told });
    field.value = text;
    byId("dialog_title").textContent = told;
    byId("dialog_body").replaceChildren(field);
    byId("dialog").showModal();
    field.focus();
    field.select();
  }

  /** Within a frame: map, legend, year, and a link to the whole. */
  refresh() {
    const { state } = this;
    document.body.classList.toggle("embed", state.isEmbedded);
    const link = byId("whole");
    link.hidden = !(state.isEmbedded && this.hasAddress);
    link.href = link.hidden ? "" : this.address();
  }
}
