// A part of the panel that opens and closes; it is built only while it is open.

import { make } from "./dom.js";

/** Which parts are open is remembered from view to view. */
export function fold(state, name, title, aside, build) {
  const head = make("summary", {}, title);
  if (aside) head.append(make("span", { class: "muted" }, aside));
  const body = make("div", {});
  const node = make("details", { class: "fold", "data-fold": name, open: state.folds.has(name) }, head, body);
  if (node.open) body.append(...build());
  node.addEventListener("toggle", () => {
    if (node.open === state.folds.has(name)) return;
    if (node.open) state.folds.add(name);
    else state.folds.delete(name);
    body.replaceChildren(...(node.open ? build() : []));
  });
  return node;
}
