// Thousands of polygons on a canvas, all of one color in one stroke of the pen.

/** Leaflet fills and strokes region by region; here each color is filled once, borders once.
 * Paths are kept until the view moves, so that a year step only sorts them anew. */
export function drawInBatches(canvas, polygons) {
  let kept = null;
  const project = canvas._updatePaths;
  canvas._updatePaths = function () {
    kept = null;
    project.call(this);
  };
  // Leaflet took hold of its own function when the canvas was laid on the map.
  canvas.off("update", project, canvas).on("update", canvas._updatePaths, canvas);
  canvas._draw = () => {
    if (!kept || kept.some((path) => !path)) kept = polygons.map(pathOfPolygon);
    const pen = canvas._ctx;
    const groups = new Map();
    polygons.forEach(({ options: { fillColor, fillOpacity } }, place) => {
      if (!groups.has(fillColor)) groups.set(fillColor, new Map());
      const byOpacity = groups.get(fillColor);
      if (!byOpacity.has(fillOpacity)) byOpacity.set(fillOpacity, new Path2D());
      byOpacity.get(fillOpacity).addPath(kept[place]);
    });
    pen.save();
    const borders = new Path2D();
    groups.forEach((byOpacity, fillColor) => {
      byOpacity.forEach((path, opacity) => {
        pen.globalAlpha = opacity;
        pen.fillStyle = fillColor;
        pen.fill(path, "evenodd");
        borders.addPath(path);
      });
    });
    const { weight } = polygons[0].options;
    const { color } = getComputedStyle(canvas._container);
    Object.assign(pen, { globalAlpha: 1, strokeStyle: color, lineWidth: weight, lineJoin: "round" });
    pen.stroke(borders);
    pen.restore();
  };
}

/** What Leaflet left of a polygon at this scale, as a path; null before it is on the map. */
function pathOfPolygon({ _parts: parts }) {
  if (!parts) return null;
  const path = new Path2D();
  for (const ring of parts) {
    ring.forEach(({ x, y }, place) => (place ? path.lineTo(x, y) : path.moveTo(x, y)));
    path.closePath();
  }
  return path;
}
