// Where names stand: on their region where they fit; the first and the last always, beside it where they must.

/** Directions in which a name may move from its region, in degrees. */
const TURNS = [0, 315, 45, 270, 90, 225, 135, 180, 340, 20, 200, 160];

/** How far, in heights of the name. */
const RINGS = [0.75, 1.3, 1.9, 2.6, 3.4, 4.6, 6.2, 8];

/** What lying on regions, on other names or on other marks costs, against a pixel of the way there. */
const [ON_LAND, ON_OTHERS, ON_HOMES] = [70, 900, 60];

const boxAt = ({ x, y }, [width, height]) => [x - width / 2, y - height / 2, x + width / 2, y + height / 2];

const apart = (box, other) => box[2] + 2 < other[0] || other[2] + 2 < box[0] || box[3] < other[1] || other[3] < box[1];

const overlap = (box, other) => Math.max(0, Math.min(box[2], other[2]) - Math.max(box[0], other[0])) * Math.max(0, Math.min(box[3], other[3]) - Math.max(box[1], other[1]));

/** Whether a name stands within its own region. */
const fits = ([width, height], room) => width < 1.9 * room && height < room;

/** Names with where they stand: `home` is where the line of one that stands beside its region begins.
 * `must` are placed first, whatever happens; `wanted` where they fit, in their order. */
export function placeNames(study, { wanted, must = [], scale, placeOf, sizeOf, box, isLand, taken = [] }) {
  const found = [];
  const homes = must.map((region) => placeOf(study.anchors[region]));
  const room = (region) => 2 * study.anchors[region][2] * scale;
  must.forEach((region, place) => {
    const spot = bestSpot({ home: homes[place], size: sizeOf(region), room: room(region), homes, taken, box, isLand });
    taken.push(boxAt(spot.point, sizeOf(region)));
    found.push({ region, ...spot });
  });
  const placed = new Set(must);
  for (const region of wanted) {
    const size = sizeOf(region);
    if (placed.has(region) || !fits(size, room(region))) continue;
    const point = placeOf(study.anchors[region]);
    const own = boxAt(point, size);
    if (!taken.every((other) => apart(own, other))) continue;
    taken.push(own);
    found.push({ region, point, home: null });
  }
  return found;
}

/** On the region where the name fits, else the nearest place around it that hides least. */
function bestSpot({ home, size, room, homes, taken, box: view, isLand }) {
  const onIt = { point: home, home: null };
  if (fits(size, room) && taken.every((other) => apart(boxAt(home, size), other))) return onIt;
  const [width, height] = size;
  let best = null;
  for (const ring of RINGS) {
    for (const turn of TURNS) {
      const [dx, dy] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
      const point = { x: home.x + dx * (width / 2 + ring * height), y: home.y + dy * (height / 2 + ring * height) };
      const own = boxAt(point, size);
      if (own[0] < view[0] || own[1] < view[1] || own[2] > view[2] || own[3] > view[3]) continue;
      const corners = [[own[0], own[1]], [own[2], own[1]], [point.x, point.y], [own[0], own[3]], [own[2], own[3]]];
      const hidden = taken.reduce((sum, other) => sum + overlap(own, other), 0);
      const onHomes = homes.filter(({ x, y }) => x > own[0] - 4 && x < own[2] + 4 && y > own[1] - 4 && y < own[3] + 4).length;
      const cost =
        Math.hypot(Math.max(Math.abs(point.x - home.x) - width / 2, 0), Math.max(Math.abs(point.y - home.y) - height / 2, 0)) +
        (ON_LAND * corners.filter(([x, y]) => isLand(x, y)).length) / corners.length +
        ON_HOMES * onHomes +
        (hidden ? ON_OTHERS + hidden : 0);
      if (!best || cost < best.cost) best = { point, cost };
    }
  }
  return best ? { point: best.point, home } : onIt;
}

/** Where the line from a region ends: at the edge of the name's box. */
export function lineEnd({ point, home }, size) {
  const [left, top, right, low] = boxAt(point, size);
  return { x: Math.min(Math.max(home.x, left), right), y: Math.min(Math.max(home.y, top), low) };
}
