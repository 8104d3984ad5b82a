// Totals as circles: their area is the number, their color its class.

/** The radius of the largest circle as a share of the map's shorter side and of the room of a region, and its bounds in pixels. */
const [SHARE, OF_ROOM, LEAST, MOST] = [0.07, 0.9, 6, 44];

/** How large the largest circle is on a map of a size. */
export function largestRadius({ size }, { x: width, y: height }) {
  const room = Math.sqrt((width * height) / size);
  return Math.min(Math.max(Math.min(SHARE * Math.min(width, height), OF_ROOM * room), LEAST), MOST);
}

/** Circles of the regions that have a value, the largest first, so that small ones lie on top:
 * each with its share of the largest radius, which is that of the greatest number of all years. */
export function circlesOf(study, layer, state) {
  if (!study.isCircled(layer, state)) return [];
  const [, most] = study.extent(layer);
  return study.regions
    .map((region) => ({ region, value: study.value(layer, region, state) }))
    .filter(({ value }) => value > 0)
    .map(({ region, value }) => ({ region, share: Math.sqrt(value / most), color: study.color(layer, region, state) }))
    .sort((a, b) => b.share - a.share || a.region - b.region);
}

/** The round numbers that the legend draws as circles: the greatest of all years and a tenth of it, rounded down. */
export function keyValues(study, layer) {
  const [, most] = study.extent(layer);
  const round = (value) => {
    const power = 10 ** Math.floor(Math.log10(value));
    return [5, 2, 1].find((factor) => factor * power <= value) * power;
  };
  return most > 0 ? [round(most), round(most / 10)].map((value) => ({ value, share: Math.sqrt(value / most) })) : [];
}

/** The circles on the map where each region is an element of its own. */
export class Circles {
  constructor(map, study) {
    Object.assign(this, { map, study, drawn: new Map() });
    this.group = L.layerGroup().addTo(map);
  }

  refresh(layer, state) {
    const found = circlesOf(this.study, layer, state);
    if (!found.length && !this.drawn.size) return;
    const most = largestRadius(this.study, this.map.getSize());
    this.group.clearLayers();
    this.drawn = new Map(
      found.map(({ region, share, color }) => {
        const [east, north] = this.study.anchors[region];
        const circle = L.circleMarker([north, east], { className: "circle", radius: most * share, weight: 0.8, fillColor: color, fillOpacity: 0.9, interactive: false });
        return [region, circle.addTo(this.group)];
      }),
    );
  }

  fade(isKept) {
    this.drawn.forEach((circle, region) => circle.getElement().classList.toggle("faded", Boolean(isKept) && !isKept(region)));
  }
}
