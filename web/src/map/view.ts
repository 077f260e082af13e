/** The map while it lives: its style, its tiles, and what is drawn over them. It draws what it is given; it
 *  asks the server nothing and decides nothing. Where it looks is the business of `camera.ts`, what the
 *  reader does of `gestures.ts`; nothing outside this folder touches MapLibre. */
import {
  AttributionControl,
  type GeoJSONSource,
  Map as MapLibre,
  Marker,
  NavigationControl,
  ScaleControl,
  type StyleSpecification,
  setWorkerUrl,
} from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { Bbox, LonLat } from '../api/types';
import type { Beside, CaseSpot, Crowd, CrowdSpot } from '../state/guest';
import type { Lang, View } from '../state/url';
import { Camera, type Start, still } from './camera';
import { picture, Twin } from './copy';
import { Gestures, type Meant } from './gestures';
import { drawBadge } from './icons';
import { type Overlay, Overlays } from './overlay';
import { mask, OWN, sourceLayer } from './style';

setWorkerUrl(workerUrl);

export interface Heard extends Meant {
  moved(view: View, bounds: Bbox): void;
  /** The origin was dragged to a new spot. */
  dragged(at: LonLat): void;
  ready(): void;
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
  readonly camera: Camera;
  #marker: Marker | null = null;
  #data = new Map<string, GeoJSON.FeatureCollection>();
  #stale = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #crowd: Crowd | null = null;
  #twin: Twin | null = null;
  #beside: Beside | null = null;
  readonly #gestures: Gestures;
  readonly #overlays: Overlays;

  constructor(
    container: HTMLElement,
    style: StyleSpecification,
    start: Start & { label: string; attribution: string },
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
    this.camera = new Camera(this.map, start);
    this.map.setMissingStyleImageResolver((id) => this.#addImage(id));
    this.map.addControl(new AttributionControl({ customAttribution: start.attribution }), 'bottom-right');
    this.map.addControl(new ScaleControl({ maxWidth: 110, unit: 'metric' }), 'bottom-right');
    this.map.addControl(new NavigationControl({ showCompass: false }), 'bottom-right');
    this.#gestures = new Gestures(this.map, heard);
    this.#listen();
    this.label(start.label);
  }

  /** What a screen reader calls the map. */
  label(text: string): void {
    this.map.getCanvas().setAttribute('aria-label', text);
  }

  #listen(): void {
    const { map } = this;
    map.on('moveend', () => this.heard.moved(this.camera.view(), this.camera.bounds()));
    map.on('style.load', () => {
      this.#redraw();
      this.showBeside(this.#beside);
    });
    map.once('idle', () => {
      this.heard.moved(this.camera.view(), this.camera.bounds());
      this.heard.ready();
    });
  }

  async #addImage(id: string): Promise<void> {
    const scale = Math.min(3, Math.max(2, Math.ceil(devicePixelRatio)));
    const image = await drawBadge(id, scale);
    if (image && !this.map.hasImage(id)) this.map.addImage(id, image, { pixelRatio: scale });
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
    this.#gestures.pickable = [...own, ...theirs.map((l) => l.id)];
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
    this.#gestures.stop();
    this.#twin?.remove();
    this.map.remove();
  }
}
