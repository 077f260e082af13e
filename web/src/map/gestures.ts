/** What the reader does on the map with a pointer, a finger or the keyboard, and what it was done to. */
import type {
  MapGeoJSONFeature,
  Map as MapLibre,
  MapMouseEvent,
  MapTouchEvent,
  PointLike,
} from 'maplibre-gl';
import type { LonLat } from '../api/types';
import { OWN } from './style';

export interface Meant {
  /** The ground was clicked. */
  ground(at: LonLat): void;
  /** A place was held long, or clicked with the other button. */
  held(at: LonLat): void;
  /** The reader wants none of it. */
  escaped(): void;
  /** A feature that has a card was clicked. */
  feature(found: { layer: string; id: number; at: LonLat; name: string | null }): void;
  /** A case that an open room has drawn was clicked. */
  opened(number: string): void;
  /** Several cases that lie close together were clicked. */
  crowded(at: LonLat): void;
}

/** A touch this long is a question of its own. */
const LONG_PRESS_MS = 600;

const spot = ({ lngLat }: { lngLat: { lng: number; lat: number } }): LonLat => [lngLat.lng, lngLat.lat];

export class Gestures {
  /** Layers of the style whose features answer. */
  pickable: string[] = [];
  #holding: ReturnType<typeof setTimeout> | undefined;
  #heldAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly map: MapLibre,
    private readonly meant: Meant,
  ) {
    map.on('click', (e) => this.#clicked(e));
    map.on('contextmenu', (e) => this.#hold(spot(e)));
    map.on('touchstart', (e) => this.#touched(e));
    for (const end of ['touchend', 'touchcancel', 'touchmove', 'movestart'] as const)
      map.on(end, () => this.stop());
    map.on('mousemove', (e) => {
      map.getCanvas().style.cursor = this.#at(e.point) ? 'pointer' : '';
    });
    map.getCanvas().addEventListener('keydown', (e) => {
      if (e.key === 'Enter') meant.ground(spot({ lngLat: map.getCenter() }));
      if (e.key === 'Escape') meant.escaped();
    });
  }

  /** Waits no longer for a finger. */
  stop(): void {
    clearTimeout(this.#holding);
  }

  /** A finger that stays where it is; the system's own long press may come as well. */
  #touched(e: MapTouchEvent): void {
    this.stop();
    if (e.originalEvent.touches.length !== 1) return;
    const at = spot(e);
    this.#holding = setTimeout(() => this.#hold(at), LONG_PRESS_MS);
  }

  #hold(at: LonLat): void {
    this.stop();
    const now = performance.now();
    const again = now - this.#heldAt < LONG_PRESS_MS;
    this.#heldAt = now;
    if (!again) this.meant.held(at);
  }

  #clicked(e: MapMouseEvent): void {
    // Lifting the finger after a long press is no click.
    if (performance.now() - this.#heldAt < LONG_PRESS_MS) return;
    const found = this.#at(e.point);
    const properties = found?.properties ?? {};
    if (found?.source === OWN.crowd) {
      if (properties.number) this.meant.opened(String(properties.number));
      else this.meant.crowded(spot(e));
      return;
    }
    if (found?.source === OWN.cases) {
      this.meant.opened(String(properties.number));
      return;
    }
    const layer = typeof properties.layer === 'string' ? properties.layer : found?.sourceLayer;
    const id = Number(properties.id ?? found?.id);
    if (!found || !layer || !Number.isFinite(id)) {
      this.meant.ground(spot(e));
      return;
    }
    const point = found.geometry.type === 'Point' ? found.geometry.coordinates : spot(e);
    const name = typeof properties.name === 'string' ? properties.name : null;
    this.meant.feature({ layer, id, name, at: [point[0] as number, point[1] as number] });
  }

  #at(point: { x: number; y: number }): MapGeoJSONFeature | undefined {
    const box: [PointLike, PointLike] = [
      [point.x - 5, point.y - 5],
      [point.x + 5, point.y + 5],
    ];
    const layers = this.pickable.filter((id) => this.map.getLayer(id));
    return layers.length > 0 ? this.map.queryRenderedFeatures(box, { layers })[0] : undefined;
  }
}
