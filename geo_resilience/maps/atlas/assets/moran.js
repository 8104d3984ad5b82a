// Moran's scatter: each region against its neighbors, in standard deviations from the mean.

import { isPicked, pick } from "./brush.js";
import { cloud } from "./cloud.js";
import { make } from "./dom.js";

export const QUADRANTS = ["high-high", "low-high", "low-low", "high-low"];

/** Standardized values and their spatial lags, of regions that have both. */
export function standardized(study, column, year) {
  const known = study.regions.filter((region) => Number.isFinite(study.at(column, region, year)));
  const mean = known.reduce((sum, region) => sum + study.at(column, region, year), 0) / known.length;
  const square = known.reduce((sum, region) => sum + (study.at(column, region, year) - mean) ** 2, 0);
  const deviation = Math.sqrt(square / known.length);
  if (!(deviation > 0)) return [];
  const z = (region) => (study.at(column, region, year) - mean) / deviation;
  return known.flatMap((region) => {
    const links = study.neighbors[region].filter((link) => Number.isFinite(z(link.region)));
    if (!links.length) return [];
    const lag = links.reduce((sum, link) => sum + link.weight * z(link.region), 0);
    return [{ region, z: z(region), lag }];
  });
}

/** Slope of lags on values, which is Moran's I where every region has neighbors. */
export function slopeOf(points) {
  const top = points.reduce((sum, { z, lag }) => sum + z * lag, 0);
  return top / points.reduce((sum, { z }) => sum + z * z, 0);
}

export function quadrantOf({ z, lag }) {
  if (lag >= 0) return z >= 0 ? "high-high" : "low-high";
  return z >= 0 ? "high-low" : "low-low";
}

/** The scatter with its slope; a rectangle drawn with the pointer picks regions. */
export function scatter(study, wording, state, layer, points) {
  const most = 1.08 * points.reduce((most, { z, lag }) => Math.max(most, Math.abs(z), Math.abs(lag)), 0);
  const slope = slopeOf(points);
  return cloud(study, wording, state, layer, points, {
    low: [-most, -most],
    high: [most, most],
    middle: [0, 0],
    line: [-most, most].map((end) => [end, end * slope]),
    label: wording.say("scatter_label", { value: wording.number(slope, 3), count: points.length }),
    names: [wording.say("scatter_x"), wording.say("scatter_y")],
    ticked: (tick) => tick && Number.isInteger(tick),
  });
}

/** A button for each quadrant: picking by keyboard, and how many lie there. */
export function quadrantButtons(wording, state, points, prefix = "quadrant") {
  const buttons = QUADRANTS.map((name) => {
    const members = points.filter((point) => quadrantOf(point) === name).map(({ region }) => region);
    const text = wording.say("quadrant", { name: wording.say(`${prefix}_${name}`), count: members.length });
    const id = `${prefix}-${name}`;
    const button = make("button", { type: "button", class: "pill", id, "aria-pressed": String(isPicked(state, members)), disabled: !members.length }, text);
    button.addEventListener("click", (event) => {
      pick(state, members, event.shiftKey);
      const again = document.getElementById(id);
      if (again) again.focus();
    });
    return button;
  });
  return make("div", { class: "pills" }, ...buttons);
}
