/** With `overlay.ts` and `copy.ts` the only place that touches MapLibre. It draws what it is given and reports what the reader does;
 *  it asks the server nothing and decides nothing. */
import {
  AttributionControl,
  type GeoJSONSource,
  type MapGeoJSONFeature,
  Map as MapLibre,
  type MapMouseEvent,
  type MapTouchEvent,
  Marker,
  NavigationControl,
  type PointLike,
  ScaleControl,
  type StyleSpecification,
  setWorkerUrl,
} from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { Bbox, LonLat } from '../api/types';
import type { Beside, CaseSpot, Crowd, CrowdSpot } from '../state/guest';
import type { Lang, View } from '../state/url';
import { picture, Twin } from './copy';
import { drawBadge } from './icons';
import { type Overlay, Overlays } from './overlay';
import { mask, OWN, sourceLayer } from './style';

setWorkerUrl(workerUrl);

export interface Heard {
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
  moved(view: View, bounds: Bbox): void;
  /** The origin was dragged to a new spot. */
  dragged(at: LonLat): void;
  ready(): void;
}

export interface Padding {
  left: number;
  bottom: number;
  right?: number;
  top?: number;
}

export interface Spots {
  features: {
    at: LonLat;
    layer: string;
    id: number;
    name: string;
    color: string;
    badge: string;
    size: number;
    rank: number;
  }[];
}

/** A touch this long is a question of its own. */
const LONG_PRESS_MS = 600;

const still = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

const collection = (features: GeoJSON.Feature[]): GeoJSON.FeatureCollection => ({
  type: 'FeatureCollection',
  features,
});

const mid = (a: GeoJSON.Position, b: GeoJSON.Position, i: number): number =>
  ((a[i] as number) + (b[i] as number)) / 2;

const pointFeature = (at: LonLat, properties: GeoJSON.GeoJsonProperties): GeoJSON.Feature => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [at[0], at[1]] },
  properties,
});

export class MapView {
  readonly map: MapLibre;
  #marker: Marker | null = null;
  #data = new Map<string, GeoJSON.FeatureCollection>();
  #pickable: string[] = [];
  #stale = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #holding: ReturnType<typeof setTimeout> | undefined;
  #top = 0;
  #crowd: Crowd | null = null;
  #heldAt = Number.NEGATIVE_INFINITY;
  #twin: Twin | null = null;
  #beside: Beside | null = null;
  readonly #overlays: Overlays;

  constructor(
    container: HTMLElement,
    style: StyleSpecification,
    start: { view: View | null; bbox: Bbox | null; padding: Padding; label: string; attribution: string },
    private readonly heard: Heard,
  ) {
    this.map = new MapLibre({
      container,
      style,
      attributionControl: false,
      maxZoom: 20,
      minZoom: 3,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: still() ? 0 : 150,
      hash: false,
      ...(start.view ? { center: [start.view.lon, start.view.lat], zoom: start.view.zoom } : {}),
    });
    this.#overlays = new Overlays(this.map);
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.setPadding(this.#padding(start.padding));
    if (start.view) this.map.jumpTo({ center: [start.view.lon, start.view.lat], zoom: start.view.zoom });
    else if (start.bbox) this.map.fitBounds(start.bbox, { animate: false, padding: 24 });
    this.map.setMissingStyleImageResolver((id) => this.#addImage(id));
    this.map.addControl(new AttributionControl({ customAttribution: start.attribution }), 'bottom-right');
    this.map.addControl(new ScaleControl({ maxWidth: 110, unit: 'metric' }), 'bottom-right');
    this.map.addControl(new NavigationControl({ showCompass: false }), 'bottom-right');
    this.#listen();
    this.label(start.label);
  }

  /** What a screen reader calls the map. */
  label(text: string): void {
    this.map.getCanvas().setAttribute('aria-label', text);
  }

  #listen(): void {
    const { map } = this;
    map.on('click', (e) => this.#clicked(e));
    map.on('contextmenu', (e) => this.#hold([e.lngLat.lng, e.lngLat.lat]));
    map.on('touchstart', (e) => this.#touched(e));
    for (const end of ['touchend', 'touchcancel', 'touchmove', 'movestart'] as const)
      map.on(end, () => clearTimeout(this.#holding));
    map.on('moveend', () => this.heard.moved(this.view(), this.bounds()));
    map.on('style.load', () => {
      this.#redraw();
      this.showBeside(this.#beside);
    });
    map.once('idle', () => {
      this.heard.moved(this.view(), this.bounds());
      this.heard.ready();
    });
    map.on('mousemove', (e) => {
      map.getCanvas().style.cursor = this.#at(e.point) ? 'pointer' : '';
    });
    map.getCanvas().addEventListener('keydown', (e) => {
      if (e.key === 'Enter') this.heard.ground(this.centre());
      if (e.key === 'Escape') this.heard.escaped();
    });
  }

  /** A finger that stays where it is; the system's own long press may come as well. */
  #touched(e: MapTouchEvent): void {
    clearTimeout(this.#holding);
    if (e.originalEvent.touches.length !== 1) return;
    const at: LonLat = [e.lngLat.lng, e.lngLat.lat];
    this.#holding = setTimeout(() => this.#hold(at), LONG_PRESS_MS);
  }

  #hold(at: LonLat): void {
    clearTimeout(this.#holding);
    const now = performance.now();
    const again = now - this.#heldAt < LONG_PRESS_MS;
    this.#heldAt = now;
    if (!again) this.heard.held(at);
  }

  #clicked(e: MapMouseEvent): void {
    // Lifting the finger after a long press is no click.
    if (performance.now() - this.#heldAt < LONG_PRESS_MS) return;
    const found = this.#at(e.point);
    const properties = found?.properties ?? {};
    if (found?.source === OWN.crowd) {
      const { lng, lat } = e.lngLat;
      if (properties.number) this.heard.opened(String(properties.number));
      else this.heard.crowded([lng, lat]);
      return;
    }
    if (found?.source === OWN.cases) {
      this.heard.opened(String(properties.number));
      return;
    }
    const layer = typeof properties.layer === 'string' ? properties.layer : found?.sourceLayer;
    const id = Number(properties.id ?? found?.id);
    if (!found || !layer || !Number.isFinite(id)) {
      this.heard.ground([e.lngLat.lng, e.lngLat.lat]);
      return;
    }
    const point = found.geometry.type === 'Point' ? found.geometry.coordinates : [e.lngLat.lng, e.lngLat.lat];
    const name = typeof properties.name === 'string' ? properties.name : null;
    this.heard.feature({ layer, id, name, at: [point[0] as number, point[1] as number] });
  }

  #at(point: { x: number; y: number }): MapGeoJSONFeature | undefined {
    const box: [PointLike, PointLike] = [
      [point.x - 5, point.y - 5],
      [point.x + 5, point.y + 5],
    ];
    const layers = this.#pickable.filter((id) => this.map.getLayer(id));
    return layers.length > 0 ? this.map.queryRenderedFeatures(box, { layers })[0] : undefined;
  }

  async #addImage(id: string): Promise<void> {
    const scale = Math.min(3, Math.max(2, Math.ceil(devicePixelRatio)));
    const image = await drawBadge(id, scale);
    if (image && !this.map.hasImage(id)) this.map.addImage(id, image, { pixelRatio: scale });
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

  setStyle(style: StyleSpecification): void {
    this.map.setStyle(style, { diff: true });
    this.#redraw();
    this.#overlays.again();
  }

  /** A style that has just come knows nothing yet of what was drawn before. */
  #redraw(): void {
    for (const [id, data] of this.#data) (this.map.getSource(id) as GeoJSONSource | undefined)?.setData(data);
  }

  /** Features of these layers of the style answer a click with a card. */
  setPickable(style: StyleSpecification, layers: ReadonlySet<string>): void {
    const own = ['page-spots', 'page-spots-dot', 'page-cases', 'page-crowd', 'page-crowd-case'];
    const theirs = style.layers.filter((l) => layers.has(sourceLayer(l) ?? '') && l.type !== 'fill');
    this.#pickable = [...own, ...theirs.map((l) => l.id)];
  }

  showLayers(on: Record<string, boolean>): void {
    for (const layer of this.map.getStyle()?.layers ?? []) {
      const name = sourceLayer(layer);
      if (name === null || on[name] === undefined) continue;
      const wanted = on[name] ? 'visible' : 'none';
      if ((layer.layout?.visibility ?? 'visible') !== wanted)
        this.map.setLayoutProperty(layer.id, 'visibility', wanted);
    }
  }

  /** Bands come largest first. */
  showCircle(circle: GeoJSON.FeatureCollection | null, label: (band: number) => string): void {
    const all = circle?.features ?? [];
    const features = all.map((f, i) => {
      const band = f.properties?.band;
      return { ...f, properties: { band, rank: all.length - 1 - i, label: label(band) } };
    });
    this.#put(OWN.circle, collection(features));
    this.#put(OWN.mask, circle ? mask(circle) : collection([]));
  }

  /** Streets by the walking time at their middle, as a share of the longest. */
  showStreets(streets: GeoJSON.FeatureCollection | null): void {
    const all = streets?.features ?? [];
    const longest = all.reduce((most, f) => Math.max(most, f.properties?.to_s ?? 0), 1);
    const features = all.map((f) => {
      const share = ((f.properties?.from_s ?? 0) + (f.properties?.to_s ?? 0)) / 2 / longest;
      return { ...f, properties: { ...f.properties, share } };
    });
    this.#put(OWN.streets, collection(features));
  }

  /** A path, or a spot to be opened, that does not exist yet. */
  showLink(link: GeoJSON.Feature | null): void {
    const line = link?.geometry.type === 'LineString' ? link.geometry.coordinates : [];
    const [a, b] = [line[0], line[line.length - 1]];
    // A ring, so that even a short path is found.
    const ring = a && b ? [pointFeature([mid(a, b, 0), mid(a, b, 1)], {})] : [];
    this.#put(OWN.link, collection(link ? [link, ...ring] : []));
  }

  showSpots(spots: Spots): void {
    this.#put(
      OWN.spots,
      collection(spots.features.map(({ at, ...properties }) => pointFeature(at, properties))),
    );
  }

  showRoute(route: GeoJSON.Feature | null): void {
    this.#put(OWN.route, collection(route ? [route] : []));
  }

  /** Boundaries and the like, each in its `color`. */
  showShapes(shapes: GeoJSON.Feature[]): void {
    this.#put(OWN.shapes, collection(shapes));
  }

  showCases(cases: CaseSpot[]): void {
    this.#put(OWN.cases, collection(cases.map(({ at, ...properties }) => pointFeature(at, properties))));
  }

  showCrowd(crowd: Crowd | null): void {
    if (crowd === this.#crowd) return;
    this.#crowd = crowd;
    const spots = (crowd?.spots ?? []).map(({ at, ...properties }) => pointFeature(at, properties));
    this.#put(crowd?.heat ? OWN.heat : OWN.crowd, collection(spots));
    this.#put(crowd?.heat ? OWN.crowd : OWN.heat, collection([]));
  }

  showChosen(spot: CrowdSpot | null): void {
    const { at, ...properties } = spot ?? { at: null };
    this.#put(OWN.chosen, collection(at ? [pointFeature(at, properties)] : []));
  }

  /** What an open room brings. */
  showOverlay(overlay: Overlay | null): void {
    this.#overlays.show(overlay);
  }

  /** Something else right of a line, so many pixels from the left. */
  showBeside(beside: Beside | null): void {
    this.#beside = beside;
    if (!beside) {
      this.#twin?.remove();
      this.#twin = null;
      return;
    }
    // There is nothing to copy yet.
    if (!this.map.getStyle()) return;
    this.#twin ??= new Twin(this.map);
    this.#twin.show(beside.overlay, beside.from);
  }

  picture(bbox: Bbox, overlay: Overlay, size: { width: number; height: number }): Promise<string> {
    return picture(this.map, bbox, overlay, size);
  }

  highlight(at: LonLat | null): void {
    this.#put(OWN.highlight, collection(at ? [pointFeature(at, {})] : []));
  }

  showOrigin(at: LonLat | null, label: string, free = true): void {
    if (!at) {
      this.#marker?.remove();
      this.#marker = null;
      return;
    }
    if (!this.#marker) {
      const element = document.createElement('div');
      element.className = 'origin-marker';
      element.setAttribute('role', 'img');
      element.innerHTML = '<span></span>';
      this.#marker = new Marker({ element, draggable: true, anchor: 'bottom' });
      const marker = this.#marker;
      marker.on('dragend', () => this.heard.dragged([marker.getLngLat().lng, marker.getLngLat().lat]));
      marker.setLngLat([at[0], at[1]]).addTo(this.map);
    }
    this.#marker.setLngLat([at[0], at[1]]);
    this.#marker.setDraggable(free);
    this.#marker.getElement().setAttribute('aria-label', label);
    this.#marker.getElement().classList.toggle('fixed', !free);
  }

  #put(id: string, data: GeoJSON.FeatureCollection): void {
    // Nothing instead of nothing would be drawn anew all the same.
    if (data.features.length === 0 && this.#data.get(id)?.features.length === 0) return;
    this.#data.set(id, data);
    (this.map.getSource(id) as GeoJSONSource | undefined)?.setData(data);
    this.#twin?.put(id, data);
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

  /** Asks anew for the tiles of a layer that changed; many changes at once cost one reload. */
  refresh(layer: string): void {
    this.#stale.add(layer);
    this.#timer ??= setTimeout(() => this.#reload(), 300);
  }

  /** Asks anew for every tile: nobody knows what changed. */
  refreshAll(): void {
    for (const layer of this.map.getStyle()?.layers ?? []) this.refresh(sourceLayer(layer) ?? '');
  }

  #reload(): void {
    this.#timer = undefined;
    const sources = new Set<string>();
    for (const layer of this.map.getStyle()?.layers ?? []) {
      if (this.#stale.has(sourceLayer(layer) ?? '') && 'source' in layer) sources.add(String(layer.source));
    }
    this.#stale.clear();
    for (const id of sources) this.map.refreshTiles(id);
  }

  setLanguage(lang: Lang): void {
    this.map.getContainer().setAttribute('lang', lang === 'en' ? 'en' : 'zh-CN');
  }

  remove(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#holding);
    this.#twin?.remove();
    this.map.remove();
  }
}
