// Dots on regions where the gravest indicator is worse than what the color says.

/** Whether an indicator has the gravest level while the layer shows a milder one. */
export function isHidden(study, layer, region, state) {
  const most = layer.colors.length - 1;
  return Boolean(layer.gravest) && study.at(layer.gravest, region, state.year) === most && study.classOf(layer, region, state) < most;
}

/** Regions that are marked, each with its point in map units: below its name. */
export function marked(study, layer, state) {
  if (!layer.gravest) return [];
  return study.regions
    .filter((region) => isHidden(study, layer, region, state))
    .map((region) => {
      const [x, y, radius] = study.anchors[region];
      return { region, point: [x, y - 0.55 * radius] };
    });
}

export class Marks {
  constructor(map, study) {
    Object.assign(this, { study });
    this.group = L.layerGroup().addTo(map);
  }

  refresh(layer, state) {
    this.group.clearLayers();
    for (const { region, point } of marked(this.study, layer, state)) {
      const look = { className: "hidden-mark", radius: 4.5, weight: 1.5, color: "#fff", fillColor: layer.colors.at(-1), fillOpacity: 1 };
      const dot = L.circleMarker([point[1], point[0]], { ...look, interactive: false }).addTo(this.group);
      dot.getElement().dataset.key = this.study.keys[region];
    }
  }
}
