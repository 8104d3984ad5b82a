// The map: regions as Leaflet polygons, filled by class; hover and choice change outlines only.

import { ringOf } from "./codec.js";
import { byId, make } from "./dom.js";
import { coverage, placed } from "./placing.js";

const HATCH = "url(#hatch)";

/** Latitudes and longitudes of Leaflet's Simple reference system are y and x. */
const flip = (ring) => ring.map(([x, y]) => [y, x]);

export class Ground {
  constructor(map, study, wording) {
    Object.assign(this, { map, study, wording });
    this.rings = study.shapes.map((parts) =>
      parts
        .map((rings) => rings.map((numbers) => flip(ringOf(study.arcs, numbers))))
        .filter(([shell]) => !study.ground.inset || touchesFrame(shell, study.ground.frame)),
    );
    this.polygons = this.rings.map((rings) =>
      L.polygon(rings, { className: "region", weight: 0.8, fillOpacity: 1, color: "currentColor" }),
    );
    for (const polygon of this.polygons) polygon.addTo(map);
    this.hover = this.overlay("hovered");
    this.chosen = this.overlay("chosen");
    this.other = this.overlay("chosen other");
    this.names = [];
    this.frame();
    map.on("zoomend moveend", () => this.placeNames());
    map.on("zoomstart dragstart", () => (this.isMoved = this.isMoved || !this.isFraming));
  }

  overlay(className) {
    return L.polygon([], { className, fill: false, interactive: false }).addTo(this.map);
  }

  /** Fit the view beside legend and inset, and keep it from being dragged out of sight. */
  frame() {
    const { map, study } = this;
    const [west, south, east, north] = study.ground.frame;
    const bounds = L.latLngBounds([south, west], [north, east]);
    map.invalidateSize(false);
    map.setMinZoom(-10);
    const { x: width, y: height } = map.getSize();
    const [left, top, right, bottom] = this.room(width, height);
    this.isFraming = true;
    const room = { paddingTopLeft: [left, top], paddingBottomRight: [width - right, height - bottom] };
    map.fitBounds(bounds, { animate: false, ...room });
    this.isFraming = false;
    this.isMoved = false;
    const fitted = map.getZoom();
    map.setMinZoom(fitted - 1);
    map.setMaxZoom(fitted + 6);
    map.setMaxBounds(bounds.pad(0.6));
    this.placeNames();
  }

  /** The box that legend and inset leave; the legend goes where it hides least. */
  room(width, height) {
    const { corners, inset } = this.study.ground;
    const size = (node) => [node.offsetWidth, node.offsetHeight];
    const [legend, small] = [byId("legend"), byId("inset")];
    this.mask = this.mask || coverage(this.study);
    const found = placed(this.mask, { stage: [width, height], legend: size(legend), inset: inset && size(small), corners });
    for (const corner of ["sw", "se", "nw", "ne"]) {
      legend.classList.toggle(`at-${corner}`, corner === found.corner);
      small.classList.toggle(`at-${corner}`, corner === corners.inset);
    }
    return found.box;
  }

  paint(layer, state) {
    this.study.regions.forEach((region) => {
      const color = this.study.color(layer, region, state);
      const path = this.polygons[region];
      if (path.options.fillColor !== (color || HATCH)) path.setStyle({ fillColor: color || HATCH });
    });
  }

  /** Lay outlines over the hovered and the chosen region. */
  mark(state) {
    const shape = (region) => (region === null ? [] : this.rings[region]);
    this.hover.setLatLngs(shape(state.hovered));
    this.chosen.setLatLngs(shape(state.region));
    this.other.setLatLngs(shape(state.other));
  }

  /** Fade all but the regions of one class; null shows all again. */
  single(layer, state, number) {
    this.fade(number === null ? null : (region) => this.study.classOf(layer, region, state) === number);
  }

  /** Fade all but some regions; null shows all. */
  keep(chosen) {
    this.fade(chosen && ((region) => chosen.has(region)));
  }

  fade(isKept) {
    if (!isKept && !this.isFaded) return;
    this.isFaded = Boolean(isKept);
    this.study.regions.forEach((region) => {
      const element = this.polygons[region].getElement();
      if (element) element.classList.toggle("faded", Boolean(isKept) && !isKept(region));
    });
  }

  /** Write each name on its region where it fits, the largest first. */
  writeNames(shown) {
    for (const marker of this.names) marker.remove();
    this.names = [];
    if (!shown) return;
    const names = this.wording.pick(this.study.names);
    this.names = this.study.ground.anchors.map(([x, y], region) => {
      const text = make("span", {}, names[region]);
      const icon = L.divIcon({ className: "name", html: text, iconSize: [0, 0] });
      return L.marker([y, x], { icon, interactive: false, keyboard: false }).addTo(this.map);
    });
    this.placeNames();
  }

  placeNames() {
    if (!this.names.length) return;
    const { map, study } = this;
    const taken = [];
    const order = study.regions.filter((region) => this.names[region]);
    order.sort((a, b) => study.ground.anchors[b][2] - study.ground.anchors[a][2]);
    for (const region of order) {
      const [x, y, radius] = study.ground.anchors[region];
      const element = this.names[region].getElement();
      if (!element) continue;
      const text = element.firstChild;
      const width = text.offsetWidth || 40;
      const height = text.offsetHeight || 14;
      const room = 2 * radius * map.getZoomScale(map.getZoom(), 0);
      const point = map.latLngToContainerPoint([y, x]);
      const box = [point.x - width / 2, point.y - height / 2, point.x + width / 2, point.y + height / 2];
      const free = taken.every(
        (other) =>
          box[2] + 2 < other[0] || other[2] + 2 < box[0] || box[3] < other[1] || other[3] < box[1],
      );
      const fits = free && width < 1.9 * room && height < room;
      element.classList.toggle("hidden", !fits);
      if (fits) taken.push(box);
    }
  }

  /** Dark text on light classes, light text on dark ones. */
  toneNames(layer, state) {
    this.names.forEach((marker, region) => {
      const color = this.study.color(layer, region, state);
      const element = marker.getElement();
      if (!element) return;
      element.classList.toggle("on-dark", color !== null && wantsWhite(color));
      element.classList.toggle("on-none", color === null);
    });
  }
}

/** Parts beyond the frame are drawn in the inset alone. */
function touchesFrame(shell, [west, south, east, north]) {
  return shell.some(([y, x]) => x >= west && x <= east && y >= south && y <= north);
}

/** Whether white text reads better on a color than black. */
export function wantsWhite(color) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = parseInt(color.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.18;
}
