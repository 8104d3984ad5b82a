// The part of the map that is in sight, in words of the map itself: the same in a window of any size.

/** How much further out or in than the whole map one may be. */
const [FARTHEST, NEAREST] = [-1, 6];

/** Zoom beyond the whole map, and the middle in map units, as an address holds them. */
export const placeText = ({ zoom, x, y }) => [zoom.toFixed(2), x.toFixed(1), y.toFixed(1)].join();

export function placeOf(text) {
  const parts = (text || "").split(",");
  const [zoom, x, y] = parts.map(Number);
  if (parts.length !== 3 || !parts.every((part) => part.trim() && Number.isFinite(Number(part)))) return null;
  return { zoom: Math.min(Math.max(zoom, FARTHEST), NEAREST), x, y };
}

/** Keeps the state and the map at one place. */
export class Place {
  constructor(map, ground, state) {
    Object.assign(this, { map, ground, state });
    map.on("moveend", () => ground.isMoved && !ground.isFraming && this.keep(this.seen()));
  }

  seen() {
    const { lat: y, lng: x } = this.map.getCenter();
    return { zoom: this.map.getZoom() - this.ground.fitted, x, y };
  }

  keep(place) {
    if (this.isGoing || told(place) === told(this.state.place)) return;
    this.state.set({ place });
  }

  /** Go where the state says; to the whole map where it says nothing. */
  adopt() {
    const { map, ground, state } = this;
    if (told(state.place) === told(ground.isMoved ? this.seen() : null)) return;
    this.isGoing = true;
    if (state.place) {
      ground.noteMoved(true);
      map.setView([state.place.y, state.place.x], ground.fitted + state.place.zoom, { animate: false });
    } else ground.frame();
    this.isGoing = false;
  }

  /** Frame the map anew, as its room has changed, and come back. */
  reframe() {
    const { place } = this.state;
    this.isGoing = Boolean(place);
    this.ground.frame();
    this.isGoing = false;
    if (place) this.adopt();
  }
}

const told = (place) => (place ? placeText(place) : "");
