// Elements from text: nothing a user wrote is ever read as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function draw(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

export function byId(id) {
  return document.getElementById(id);
}

/** A small square in a class's color, hatched for what has no data. */
export function swatch(color) {
  const node = make("span", { class: color ? "swatch" : "swatch hatched", "aria-hidden": "true" });
  if (color) node.style.backgroundColor = color;
  return node;
}

/** A button that shows an icon and says its name. */
export function labelButton(node, name) {
  node.setAttribute("aria-label", name);
  node.title = name;
}

/** Save a file. */
export function keepFile(blob, name) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
