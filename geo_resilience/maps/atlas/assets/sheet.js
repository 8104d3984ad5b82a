// Thousands of regions on one canvas: borders thinned to the pixel, each color filled once.

import { walk } from "./codec.js";

/** Points of a border nearer than so many pixels to the last are left out. */
const THIN = 0.7;

/** Borders are drawn where the regions in view are wider than so many pixels, in full from so many on. */
const [NO_BORDERS, ALL_BORDERS] = [4, 10];

const BORDER = 0.5;

/** After a view that took longer than so many milliseconds to draw, the next waits for a rest. */
const [SLOW, REST] = [25, 90];

/** A layer of the map; what Leaflet moves and scales while the view changes, and is drawn anew after. */
export class Sheet {
  constructor(study) {
    this.study = study;
    this.fills = study.regions.map(() => null);
    this.isKept = null;
    Object.assign(this, { circles: [], doubtful: [], nearly: [], hatch: null });
    this.measure();
    const sheet = this;
    const Layer = L.Renderer.extend({
      _initContainer() {
        this._container = document.createElement("canvas");
      },
      _destroyContainer() {
        this._container.remove();
      },
      _update() {
        sheet.changeView(this);
      },
      _reset() {
        sheet.drawView(this);
      },
    });
    this.layer = new Layer({ padding: 0.1 });
  }

  addTo(map) {
    this.map = map;
    this.layer.addTo(map);
  }

  get canvas() {
    return this.layer._container;
  }

  /** Boxes of the regions in map units, and room for the points of a view. */
  measure() {
    const { study } = this;
    const { arcs } = study;
    this.rings = study.regions.map((region) => study.partsOf(region).flat());
    this.boxes = new Float64Array(4 * study.size).fill(Infinity);
    this.rings.forEach((rings, region) => {
      const at = 4 * region;
      for (const ring of rings) {
        walk(arcs, ring, (x, y) => {
          this.boxes[at] = Math.min(this.boxes[at], x);
          this.boxes[at + 1] = Math.min(this.boxes[at + 1], y);
          this.boxes[at + 2] = Math.min(this.boxes[at + 2], -x);
          this.boxes[at + 3] = Math.min(this.boxes[at + 3], -y);
        });
      }
      this.boxes[at + 2] *= -1;
      this.boxes[at + 3] *= -1;
    });
    this.points = new Float32Array(arcs.xy.length);
    [this.first, this.last, this.drawn] = [0, 1, 2].map(() => new Int32Array(arcs.length));
    this.views = 0;
  }

  /** Draw at once, or when the view rests where drawing takes long. */
  changeView(layer) {
    const { map } = this;
    if ((map._animatingZoom && layer._bounds) || this.view === viewOf(map)) return;
    clearTimeout(this.resting);
    if (!layer._bounds || !(this.cost > SLOW)) return this.drawView(layer);
    this.resting = setTimeout(() => (map._animatingZoom ? null : this.drawView(layer)), REST);
  }

  drawView(layer) {
    const start = performance.now();
    clearTimeout(this.resting);
    this.view = viewOf(this.map);
    L.Renderer.prototype._update.call(layer);
    const { min } = layer._bounds;
    const size = layer._bounds.getSize();
    const dots = L.Browser.retina ? 2 : 1;
    const { canvas } = this;
    L.DomUtil.setPosition(canvas, min);
    Object.assign(canvas, { width: dots * size.x, height: dots * size.y });
    Object.assign(canvas.style, { width: `${size.x}px`, height: `${size.y}px` });
    this.pen = canvas.getContext("2d");
    this.pen.scale(dots, dots);
    this.project(min, size);
    this.draw();
    this.cost = performance.now() - start;
  }

  /** Find the regions in view, and where the points of their borders lie on the canvas. */
  project(min, size) {
    const { map, boxes } = this;
    const origin = map.getPixelOrigin().add(min);
    this.scale = map.getZoomScale(map.getZoom(), 0);
    const [west, east] = [origin.x / this.scale, (origin.x + size.x) / this.scale];
    const [south, north] = [-(origin.y + size.y) / this.scale, -origin.y / this.scale];
    this.origin = origin;
    this.views += 1;
    this.used = 0;
    this.visible = this.study.regions.filter((region) => {
      const at = 4 * region;
      return boxes[at] <= east && boxes[at + 1] <= north && boxes[at + 2] >= west && boxes[at + 3] >= south;
    });
    this.borders = new Path2D();
    this.width = this.scale * this.usualWidth();
    for (const region of this.visible) {
      for (const ring of this.rings[region]) {
        for (const number of ring) this.thin(number < 0 ? -1 - number : number);
      }
    }
  }

  /** How wide half of the regions in view are, in map units. */
  usualWidth() {
    const { boxes, visible } = this;
    const areas = visible.map((region) => (boxes[4 * region + 2] - boxes[4 * region]) * (boxes[4 * region + 3] - boxes[4 * region + 1]));
    return Math.sqrt(Float64Array.from(areas).sort()[areas.length >> 1] || 0);
  }

  /** Lay an arc on the canvas without what no one sees; both regions at it take the same points. */
  thin(arc) {
    if (this.drawn[arc] === this.views) return;
    this.drawn[arc] = this.views;
    const { points, scale, origin, borders } = this;
    const { xy, starts } = this.study.arcs;
    const end = starts[arc + 1] - 1;
    this.first[arc] = this.used;
    let [lastX, lastY] = [Infinity, Infinity];
    for (let at = starts[arc]; at <= end; at++) {
      const x = xy[2 * at] * scale - origin.x;
      const y = -xy[2 * at + 1] * scale - origin.y;
      if (at !== end && Math.abs(x - lastX) + Math.abs(y - lastY) < THIN) continue;
      if (at === starts[arc]) borders.moveTo(x, y);
      else borders.lineTo(x, y);
      points[2 * this.used] = lastX = x;
      points[2 * this.used + 1] = lastY = y;
      this.used += 1;
    }
    this.last[arc] = this.used - 1;
  }

  /** Add a region to a path; filling closes its rings, which would take long one by one. */
  trace(path, region) {
    const { points, first, last } = this;
    for (const ring of this.rings[region]) {
      let isBegun = false;
      for (const number of ring) {
        const arc = number < 0 ? -1 - number : number;
        const step = number < 0 ? -1 : 1;
        const [from, to] = number < 0 ? [last[arc], first[arc]] : [first[arc], last[arc]];
        if (!isBegun) path.moveTo(points[2 * from], points[2 * from + 1]);
        isBegun = true;
        for (let at = from + step; at !== to + step; at += step) path.lineTo(points[2 * at], points[2 * at + 1]);
      }
    }
  }

  /** Fill the regions in view, all of one look at once, then the borders between them. */
  draw() {
    const { pen, canvas, fills, isKept } = this;
    if (!pen) return;
    const looks = [true, false].map(() => new Map());
    for (const region of this.visible) {
      const paths = looks[isKept && !isKept(region) ? 1 : 0];
      const fill = fills[region];
      if (!paths.has(fill)) paths.set(fill, new Path2D());
      this.trace(paths.get(fill), region);
    }
    pen.clearRect(0, 0, canvas.width, canvas.height);
    looks.forEach((paths, isFaded) => {
      pen.globalAlpha = isFaded ? 0.18 : 1;
      for (const [fill, path] of paths) {
        pen.fillStyle = fill;
        pen.fill(path, "evenodd");
      }
    });
    const strength = (this.width - NO_BORDERS) / (ALL_BORDERS - NO_BORDERS);
    const { color } = getComputedStyle(canvas);
    Object.assign(pen, { globalAlpha: Math.min(Math.max(strength, 0), 1), strokeStyle: color, lineWidth: BORDER, lineJoin: "round" });
    if (strength > 0) pen.stroke(this.borders);
    this.drawDoubt();
    this.drawCircles();
  }

  /** What is in doubt is hatched, what is found only before correction is dashed. */
  drawDoubt() {
    const { pen, doubtful, nearly, hatch } = this;
    const seen = new Set(this.visible);
    const pathOf = (regions) => {
      const path = new Path2D();
      for (const region of regions) if (seen.has(region)) this.trace(path, region);
      return path;
    };
    pen.globalAlpha = this.isKept ? 0.3 : 1;
    if (doubtful.length) {
      pen.fillStyle = hatch;
      pen.fill(pathOf(doubtful), "evenodd");
    }
    if (!nearly.length) return;
    Object.assign(pen, { strokeStyle: "#14171a", lineWidth: 1.4 });
    pen.setLineDash([4, 2.5]);
    pen.stroke(pathOf(nearly));
    pen.setLineDash([]);
  }

  /** Circles at the anchors, in pixels whatever the zoom. */
  drawCircles() {
    const { pen, study, scale, origin, isKept } = this;
    Object.assign(pen, { strokeStyle: getComputedStyle(this.canvas).color, lineWidth: BORDER });
    for (const { region, radius, color } of this.circles) {
      const [x, y] = study.anchors[region];
      pen.globalAlpha = isKept && !isKept(region) ? 0.18 : 0.9;
      pen.beginPath();
      pen.arc(x * scale - origin.x, -y * scale - origin.y, radius, 0, 2 * Math.PI);
      pen.fillStyle = color;
      pen.fill();
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  /** The region at a point in map units; null beside them. */
  at(x, y) {
    const { boxes, rings, study } = this;
    for (let region = 0; region < study.size; region++) {
      const at = 4 * region;
      if (x < boxes[at] || y < boxes[at + 1] || x > boxes[at + 2] || y > boxes[at + 3]) continue;
      if (isInside(study.arcs, rings[region], x, y)) return region;
    }
    return null;
  }
}

const viewOf = (map) => [map.getZoom(), map.getCenter(), map.getSize()].join();

/** Whether a point lies within rings, holes left out: a ray from it crosses them an odd number of times. */
export function isInside(arcs, rings, x, y) {
  let isIn = false;
  for (const ring of rings) {
    let [beforeX, beforeY] = [NaN, NaN];
    walk(arcs, ring, (nextX, nextY) => {
      if (beforeY > y !== nextY > y && x < beforeX + ((y - beforeY) / (nextY - beforeY)) * (nextX - beforeX)) isIn = !isIn;
      [beforeX, beforeY] = [nextX, nextY];
    });
  }
  return isIn;
}
