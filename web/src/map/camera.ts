/** Where the map looks: what is seen of the world beside the panels that lie over it, and how it gets from
 *  one place to another. */
import type { Map as MapLibre } from 'maplibre-gl';
import type { Bbox, LonLat } from '../api/types';
import type { View } from '../state/url';

/** What lies over the map's edges, in pixels. */
export interface Padding {
  left: number;
  bottom: number;
  right?: number;
  top?: number;
}

export interface Start {
  view: View | null;
  bbox: Bbox | null;
  padding: Padding;
}

/** The reader wants nothing to move by itself. */
export const still = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

export class Camera {
  #top = 0;

  constructor(
    private readonly map: MapLibre,
    { view, bbox, padding }: Start,
  ) {
    map.setPadding(this.#padding(padding));
    if (view) map.jumpTo({ center: [view.lon, view.lat], zoom: view.zoom });
    else if (bbox) map.fitBounds(bbox, { animate: false, padding: 24 });
  }

  centre(): LonLat {
    const { lng, lat } = this.map.getCenter();
    return [lng, lat];
  }

  view(): View {
    const [lon, lat] = this.centre();
    return { lon, lat, zoom: this.map.getZoom() };
  }

  /** What is seen of the world: not what lies under a panel. */
  bounds(): Bbox {
    const { left = 0, right = 0, bottom = 0 } = this.map.getPadding();
    const { clientWidth, clientHeight } = this.map.getContainer();
    const low = this.map.unproject([left, Math.max(this.#top, clientHeight - bottom)]);
    const high = this.map.unproject([Math.max(left, clientWidth - right), this.#top]);
    return [low.lng, low.lat, high.lng, high.lat];
  }

  /** What lies over the upper edge is remembered here: the map would cut off as much below. */
  #padding({ left, bottom, right = 0, top = 0 }: Padding): Required<Padding> {
    this.#top = top;
    return { left, bottom, right, top: 0 };
  }

  setPadding(padding: Padding): void {
    const was = this.map.getPadding();
    const wanted = this.#padding(padding);
    if ((['left', 'bottom', 'right'] as const).every((side) => was[side] === wanted[side])) return;
    if (still()) this.map.setPadding(wanted);
    else this.map.easeTo({ padding: wanted, duration: 200 });
  }

  fly(to: { at: LonLat; zoom?: number; bbox?: Bbox }): void {
    const animate = !still();
    const large = to.bbox && (to.bbox[2] - to.bbox[0] > 1e-4 || to.bbox[3] - to.bbox[1] > 1e-4);
    if (to.bbox && large) {
      this.map.fitBounds(to.bbox, { padding: 40, maxZoom: 17, animate, duration: 900 });
      return;
    }
    const zoom = to.zoom ?? Math.max(this.map.getZoom(), 15);
    this.map.easeTo({ center: [to.at[0], to.at[1]], zoom, animate, duration: 900 });
  }

  /** Makes a shape visible, unless all of it already is. */
  reveal(bbox: Bbox): void {
    const { left = 0, bottom = 0, right = 0 } = this.map.getPadding();
    const { clientWidth, clientHeight } = this.map.getContainer();
    const low = this.map.project([bbox[0], bbox[1]]);
    const high = this.map.project([bbox[2], bbox[3]]);
    const inside =
      low.x >= left && low.y <= clientHeight - bottom && high.x <= clientWidth - right && high.y >= this.#top;
    if (inside) return;
    this.map.fitBounds(bbox, { padding: 48, maxZoom: 17, animate: !still(), duration: 700 });
  }
}
