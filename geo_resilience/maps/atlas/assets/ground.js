// The map: regions as Leaflet polygons, filled by class; hover and choice change outlines only.

import { besideRegions } from "./beside.js";
import { Circles, circlesOf, largestRadius } from "./circles.js";
import { ringOf, STROKES } from "./codec.js";
import { byId, draw, make } from "./dom.js";
import { lineEnd, placeNames } from "./naming.js";
import { boxesOn, coverage, floating, placed } from "./placing.js";
import { Sheet } from "./sheet.js";

const [HATCH, DOUBT] = ["url(#hatch)", "url(#doubt)"];

/** Latitudes and longitudes of Leaflet's Simple reference system are y and x. */
const flip = (ring) => ring.map(([x, y]) => [y, x]);

/** Up to so many regions each is an SVG element of its own; above, all are drawn on one sheet. */
const MOST_SHAPES = 600;

/** So many names stand on the map at most, and so much room one needs. */
const [MOST_NAMES, LEAST_ROOM] = [400, 12];

/** Of more regions than these the names go while the map is being zoomed: moving them takes long. */
const MOST_MOVED = 100;

/** Under a swipe so many pixels more are free above, for the second legend. */
const SWIPED = 30;

/** So many milliseconds after the map of many regions its names follow. */
const LATER = 60;

export class Ground {
  constructor(map, study, wording) {
    Object.assign(this, { map, study, wording, names: new Map(), widths: new Map() });
    map.options.markerZoomAnimation = study.size <= MOST_MOVED;
    this.sheet = study.size > MOST_SHAPES ? new Sheet(study) : null;
    const look = { className: "region", weight: 0.8, fillOpacity: 1, color: "currentColor" };
    this.polygons = this.sheet ? [] : study.regions.map((region) => L.polygon(this.ringsOf(region), look));
    this.ends = [];
    this.frame(false);
    for (const layer of this.sheet ? [this.sheet] : this.polygons) layer.addTo(map);
    this.doubt = L.polygon([], { className: "doubt", stroke: false, fillColor: DOUBT, fillOpacity: 1, interactive: false }).addTo(map);
    this.drawBase();
    this.nearly = this.overlay("nearly");
    this.circles = this.sheet ? null : new Circles(map, study);
    this.leaders = L.layerGroup().addTo(map);
    this.hover = this.overlay("hovered");
    this.chosen = this.overlay("chosen");
    this.other = this.overlay("chosen other");
    this.order();
    map.on("zoomstart dragstart", () => this.noteMoved(this.isMoved || !this.isFraming));
  }

  /** What the base map has beside the regions: areas without data, and lines as they were delivered. */
  drawBase() {
    const { map, study } = this;
    const still = { interactive: false, smoothFactor: 0, noClip: true };
    const look = { ...still, className: "area", weight: 0.8, fillOpacity: 1, fillColor: HATCH, color: "currentColor" };
    this.areas = study.areas.map((area) => L.polygon(this.ringsOf(area), look).addTo(map));
    for (const { style, line } of study.lines) {
      L.polyline(flip(line), { ...still, className: "base-line", weight: 1.3, fill: false, dashArray: STROKES[style] }).addTo(map);
    }
  }

  nameAreas() {
    this.areas.forEach((path, place) => {
      path.getElement()?.replaceChildren(draw("title", {}, this.wording.pick(this.study.ground.areas[place])));
    });
  }

  order() {
    const { anchors, regions } = this.study;
    this.byRoom = [...regions].sort((a, b) => anchors[b][2] - anchors[a][2]);
  }

  /** Draw the regions anew after their shapes have changed. */
  reshape() {
    const { study, polygons } = this;
    byId("stage").classList.toggle("formed", Boolean(study.form));
    this.mask = coverage(study);
    this.others = null;
    this.order();
    for (const path of [...polygons, this.doubt, this.nearly, this.hover, this.chosen, this.other]) path.options.smoothFactor = study.form ? 0 : 1;
    polygons.forEach((path, region) => path.setLatLngs(this.ringsOf(region)));
  }

  /** The parts of a region for Leaflet. */
  ringsOf(region) {
    const { study } = this;
    return study.partsOf(region).map((rings) => rings.map((numbers) => flip(ringOf(study.arcs, numbers))));
  }

  /** On a narrow screen the buttons that bring the whole map back come only when it was moved. */
  noteMoved(isMoved) {
    this.isMoved = isMoved;
    byId("zoom").classList.toggle("moved", isMoved);
  }

  overlay(className) {
    return L.polygon([], { className, fill: false, interactive: false }).addTo(this.map);
  }

  /** Fit the view beside legend and inset, and keep it from being dragged out of sight. */
  frame(isNamed = true) {
    const { map, study } = this;
    const [west, south, east, north] = study.ground.frame;
    const bounds = L.latLngBounds([south, west], [north, east]);
    map.invalidateSize(false);
    map.setMinZoom(-10);
    map.setMaxBounds(null);
    const { x: width, y: height } = map.getSize();
    const [left, top, right, bottom] = this.room(width, height);
    const room = { paddingTopLeft: [left, top], paddingBottomRight: [width - right, height - bottom] };
    this.isFraming = true;
    // A frame that is not laid out yet, or hidden, has no size: any view will do until it has one.
    if (right > left && bottom > top) map.fitBounds(bounds, { animate: false, ...room });
    else map.setView(bounds.getCenter(), 0, { animate: false });
    this.isFraming = false;
    this.noteMoved(false);
    this.fitted = map.getZoom();
    map.setMinZoom(this.fitted - 1);
    map.setMaxZoom(this.fitted + 6);
    map.setMaxBounds(bounds.pad(4));
    if (isNamed) this.placeNames();
  }

  /** The box that legend and inset leave; the legend goes where it hides least. */
  room(width, height) {
    const { corners, inset } = this.study.ground;
    const size = (node) => [node.offsetWidth, node.offsetHeight];
    const [legend, small] = [byId("legend"), byId("inset")];
    this.mask = this.mask || coverage(this.study);
    const found = placed(this.mask, { stage: [width, height], legend: size(legend), inset: inset && size(small), corners, buttons: size(byId("zoom")) });
    for (const corner of ["sw", "se", "nw", "ne"]) {
      for (const node of [legend, ...document.querySelectorAll(".second-legend")]) node.classList.toggle(`at-${corner}`, corner === found.corner);
      small.classList.toggle(`at-${corner}`, corner === corners.inset);
    }
    const [left, top, right, bottom] = found.box;
    return [left, byId("stage").matches(".swipe") ? top + SWIPED : top, right, bottom];
  }

  paint(layer, state) {
    const { study, sheet } = this;
    const none = sheet ? this.hatching() : HATCH;
    const land = study.isCircled(layer, state) && getComputedStyle(document.body).getPropertyValue("--land").trim();
    const fills = study.regions.map((region) => {
      const color = study.color(layer, region, state);
      return (color && (land || color)) || none;
    });
    this.markDoubt(layer, state);
    if (sheet) {
      const radius = largestRadius(study, this.map.getSize());
      sheet.fills = fills;
      sheet.circles = circlesOf(study, layer, state).map((each) => ({ ...each, radius: each.share * radius }));
      sheet.draw();
      return;
    }
    this.circles.refresh(layer, state);
    this.polygons.forEach((path, region) => {
      if (path.options.fillColor !== fills[region]) path.setStyle({ fillColor: fills[region] });
    });
  }

  /** Hatch the grades in doubt, dash what is found only before correction. */
  markDoubt(layer, state) {
    const { study, sheet } = this;
    const doubtful = study.regions.filter((region) => study.isDoubtful(layer, region, state));
    const nearly = study.regions.filter((region) => study.isNearly(layer, region, state));
    if (sheet) return Object.assign(sheet, { doubtful, nearly, hatch: obliqueTile(10, -1, [["rgb(255 255 255 / 75%)", 0], ["rgb(20 23 26 / 70%)", 1.4]]) });
    const rings = (regions) => regions.flatMap((region) => this.ringsOf(region));
    this.doubt.setLatLngs(rings(doubtful));
    this.nearly.setLatLngs(rings(nearly));
  }

  /** The pattern of no data, in the colors of the theme. */
  hatching() {
    const style = getComputedStyle(document.body);
    return obliqueTile(6, 1, [[style.getPropertyValue("--nodata-line"), 0]], style.getPropertyValue("--nodata"));
  }

  /** Lay outlines over the hovered and the chosen region. */
  mark(state) {
    const { study } = this;
    const shape = (region) => (region === null ? [] : this.ringsOf(region));
    this.hover.setLatLngs(shape(state.hovered));
    this.chosen.setLatLngs(shape(state.region));
    const others = besideRegions(study, this.wording, state);
    if (String(others) === String(this.others)) return;
    this.others = others;
    this.other.setLatLngs(others.flatMap((region) => this.ringsOf(region)));
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
    this.doubt.setStyle({ fillOpacity: isKept ? 0.2 : 1 });
    if (this.sheet) {
      this.sheet.isKept = isKept;
      this.sheet.draw();
    }
    else this.circles.fade(isKept);
    this.polygons.forEach((path, region) => path.getElement().classList.toggle("faded", this.isFaded && !isKept(region)));
  }

  /** Write each name on its region where it fits, the largest first. */
  writeNames(shown) {
    for (const marker of this.names.values()) marker.remove();
    this.names.clear();
    this.leaders.clearLayers();
    this.widths.clear();
    this.isNamed = shown;
    this.placeNames();
  }

  /** Regions in sight with room for a name, the roomiest first; names come when first needed. */
  candidates(scale, must) {
    const { anchors } = this.study;
    const seen = this.map.getBounds();
    const found = [];
    for (const region of this.byRoom) {
      const [x, y, radius] = anchors[region];
      if (2 * radius * scale < LEAST_ROOM || found.length === MOST_NAMES) break;
      if (seen.contains([y, x])) found.push(region);
    }
    const names = this.study.namesOn(this.wording);
    const all = [...new Set([...must, ...found])];
    if (this.names.size > MOST_NAMES) this.forget(new Set(all));
    for (const region of all.filter((each) => !this.names.has(each))) {
      const [x, y] = anchors[region];
      const icon = L.divIcon({ className: "name", html: make("span", {}, names[region]), iconSize: [0, 0] });
      this.names.set(region, L.marker([y, x], { icon, interactive: false, keyboard: false }).addTo(this.map));
    }
    return found;
  }

  /** Take away the names of regions that are not to be seen. */
  forget(kept) {
    for (const [region, marker] of this.names) {
      if (kept.has(region)) continue;
      marker.remove();
      this.names.delete(region);
    }
  }

  /** Write no name where other things are written. */
  avoid(boxes) {
    this.avoided = boxes;
    this.placeNames();
  }

  /** Name the first and the last by what is shown, whatever else has room. */
  nameEnds(layer, state) {
    const ends = this.study.ends(layer, state);
    if (String(ends) === String(this.ends)) return;
    this.ends = ends;
    clearTimeout(this.naming);
    if (this.study.size <= MOST_MOVED) this.placeNames();
    else this.naming = setTimeout(() => this.placeNames(), LATER);
  }

  placeNames() {
    if (!this.isNamed) return;
    const { map, study } = this;
    const scale = map.getZoomScale(map.getZoom(), 0);
    const seen = map.getBounds();
    const must = this.ends.filter((region) => seen.contains([study.anchors[region][1], study.anchors[region][0]]));
    const wanted = this.candidates(scale, must);
    for (const region of [...must, ...wanted].filter((each) => !this.widths.has(each))) {
      const text = this.names.get(region).getElement().firstChild;
      this.widths.set(region, [text.offsetWidth || 40, text.offsetHeight || 14]);
    }
    const { x: width, y: height } = map.getSize();
    const placeOf = ([x, y]) => map.latLngToContainerPoint([y, x]);
    const mapAt = (x, y) => map.containerPointToLatLng([x, y]);
    const isLand = (x, y) => this.mask.isLand(mapAt(x, y).lng, mapAt(x, y).lat);
    const sizeOf = (region) => this.widths.get(region);
    const taken = [...(this.avoided || floating(map)), ...boxesOn(map, document.querySelectorAll(".degree span"))];
    const found = placeNames(study, { wanted, must, scale, placeOf, sizeOf, taken, isLand, box: [3, 3, width - 3, height - 3] });
    this.placed = new Map(found.map((each) => [each.region, each]));
    this.leaders.clearLayers();
    this.names.forEach((marker, region) => {
      const place = this.placed.get(region);
      const { classList } = marker.getElement();
      const wasAside = classList.contains("aside");
      classList.toggle("hidden", !place);
      classList.toggle("aside", Boolean(place && place.home));
      const [x, y] = study.anchors[region];
      if (place && place.home) marker.setLatLng(mapAt(place.point.x, place.point.y));
      else if (wasAside) marker.setLatLng([y, x]);
    });
    for (const place of found.filter(({ home }) => home)) this.lead(place, mapAt);
    if (this.toned) this.toneNames(...this.toned);
  }

  /** A dot on a region and a line to its name beside it. */
  lead(place, mapAt) {
    const [x, y] = this.study.anchors[place.region];
    const end = lineEnd(place, this.widths.get(place.region));
    const still = { interactive: false };
    L.polyline([[y, x], mapAt(end.x, end.y)], { ...still, className: "leader", weight: 1 }).addTo(this.leaders);
    L.circleMarker([y, x], { ...still, className: "home", radius: 2, weight: 1 }).addTo(this.leaders);
  }

  /** Whether a name stands within the circle of its region. */
  isHeld(region) {
    const circle = this.circles?.drawn.get(region);
    return Boolean(circle) && !this.placed?.get(region)?.home && 2 * circle.getRadius() >= this.widths.get(region)?.[0];
  }

  /** Dark text on light classes, light text on dark ones. */
  toneNames(layer, state) {
    this.toned = [layer, state];
    this.names.forEach((marker, region) => {
      const isCircled = this.study.isCircled(layer, state);
      const isFaint = state.brushed && !state.brushed.has(region);
      const { classList } = marker.getElement();
      const isFree = Boolean(isFaint || (isCircled && !this.isHeld(region)));
      const color = isFree ? null : this.study.color(layer, region, state);
      classList.toggle("on-circles", isFree);
      classList.toggle("on-doubt", this.study.isDoubtful(layer, region, state));
      classList.toggle("on-dark", color !== null && !classList.contains("aside") && wantsWhite(color));
      classList.toggle("on-none", color === null);
    });
  }
}

/** A tile of oblique lines, [color, shift] each, that rise (way 1) or fall (-1): a pattern for a canvas. */
function obliqueTile(size, way, lines, ground = null) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = size;
  const pen = tile.getContext("2d");
  if (ground) {
    pen.fillStyle = ground;
    pen.fillRect(0, 0, size, size);
  }
  for (const [color, shift] of lines) {
    pen.strokeStyle = color;
    pen.beginPath();
    for (const from of [-size, 0, size]) {
      pen.moveTo(from + shift, way > 0 ? size : 0);
      pen.lineTo(from + shift + size, way > 0 ? 0 : size);
    }
    pen.stroke();
  }
  return pen.createPattern(tile, "repeat");
}

/** Whether white text reads better on a color than black (as `ink_on` in `results/_ink.py`). */
export function wantsWhite(color) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = parseInt(color.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05 < Math.sqrt(1.05 * 0.05);
}
