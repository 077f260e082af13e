/** What an open room brings to the map: sources and layers of its own, told whole each time. Only what
 *  differs from before is made anew, so that tiles that are there already stay. */
import type {
  AddLayerObject,
  GeoJSONSource,
  GeoJSONSourceSpecification,
  Map as MapLibre,
  SourceSpecification,
  StyleSpecification,
  VectorSourceSpecification,
} from 'maplibre-gl';

type Source = VectorSourceSpecification | GeoJSONSourceSpecification;

/** Where a layer lies: under the streets, under the names, or over everything but marks. */
const DEPTHS = {
  ground: 'page-circle-fill',
  middle: 'page-mask',
  top: 'page-link-casing',
} as const;

export interface OverlayLayer {
  depth: keyof typeof DEPTHS;
  layer: AddLayerObject & { source: string };
}

export interface Overlay {
  /** By ids that begin with `room-`. */
  sources: Record<string, Source>;
  layers: OverlayLayer[];
  /** Counts changes of what the tiles show: they are asked for anew. */
  turn?: number;
}

const NOTHING: Overlay = { sources: {}, layers: [] };
const PREFIX = 'room-';

const text = (value: unknown): string => JSON.stringify(value);

/** The style without what rooms have brought. */
export function withoutOverlay(style: StyleSpecification): StyleSpecification {
  const theirs = ([id]: [string, SourceSpecification]) => !id.startsWith(PREFIX);
  return {
    ...style,
    sources: Object.fromEntries(Object.entries(style.sources).filter(theirs)),
    layers: style.layers.filter((l) => !('source' in l && String(l.source).startsWith(PREFIX))),
  };
}

/** Sources that must be made anew; other data in the same source can be exchanged. */
export function outdated(was: Overlay, next: Overlay): Set<string> {
  const form = (source: Source | undefined) =>
    source?.type === 'geojson' ? text({ ...source, data: null }) : text(source);
  return new Set(Object.keys(was.sources).filter((id) => form(was.sources[id]) !== form(next.sources[id])));
}

export class Overlays {
  #shown = NOTHING;
  #ready = false;

  constructor(private readonly map: MapLibre) {
    map.on('style.load', () => this.again());
  }

  /** The map has lost what was drawn: a new style has come, or is on its way. */
  again(): void {
    const wanted = this.#shown;
    this.#shown = NOTHING;
    this.#ready = this.map.getStyle() !== undefined;
    this.show(wanted);
  }

  show(overlay: Overlay | null): void {
    const { map } = this;
    const was = this.#shown;
    const next = overlay ?? NOTHING;
    this.#shown = next;
    if (!this.#ready || next === was) return;
    const gone = outdated(was, next);
    const kept = new Set(next.layers.map(text));
    for (const l of was.layers)
      if ((!kept.has(text(l)) || gone.has(l.layer.source)) && map.getLayer(l.layer.id))
        map.removeLayer(l.layer.id);
    for (const id of gone) if (map.getSource(id)) map.removeSource(id);
    for (const [id, source] of Object.entries(next.sources)) this.#put(id, source, was);
    for (const { layer, depth } of next.layers)
      if (!map.getLayer(layer.id)) map.addLayer(layer, DEPTHS[depth]);
  }

  #put(id: string, source: Source, was: Overlay): void {
    const { map } = this;
    const before = was.sources[id];
    if (!map.getSource(id)) map.addSource(id, source);
    else if (source.type === 'geojson' && before?.type === 'geojson') {
      if (source.data !== before.data) (map.getSource(id) as GeoJSONSource).setData(source.data);
    } else if (this.#shown.turn !== was.turn) map.refreshTiles(id);
  }
}
