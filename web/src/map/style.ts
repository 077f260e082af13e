/** Pure functions from style to style: what the page adds to the server's map. */
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Lang } from '../state/url';
import { crowdLayers } from './crowd';

/** No glyphs are shipped: text is drawn with the first of these fonts the device has. */
const FONT = ['Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'sans-serif'];
const FONT_BOLD = ['Noto Sans CJK SC Medium', ...FONT];

/** The bands' colours, the smallest band first and darkest. */
const BANDS = ['#5b21b6', '#7c3aed', '#a78bfa'] as const;
export const bandColour = (rank: number): string => BANDS[Math.min(rank, BANDS.length - 1)] ?? BANDS[2];
const ROUTE = '#e11d48';
/** A path that does not exist yet. */
export const LINK = '#047857';
/** Streets by walking time, from the origin to the edge of the circle. */
export const STREETS = ['#4c1d95', '#7c3aed', '#db2777', '#f59e0b'] as const;

/** Sources of the page itself. */
export const OWN = {
  circle: 'page-circle',
  mask: 'page-mask',
  spots: 'page-spots',
  streets: 'page-streets',
  route: 'page-route',
  link: 'page-link',
  highlight: 'page-highlight',
  shapes: 'page-shapes',
  cases: 'page-cases',
  crowd: 'page-crowd',
  heat: 'page-heat',
  chosen: 'page-chosen',
} as const;

const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Text over everything else, whatever the order of the layers: labels are never under a fill. */
export function symbolsOnTop(style: StyleSpecification): StyleSpecification {
  const symbols = style.layers.filter((l) => l.type === 'symbol');
  const rest = style.layers.filter((l) => l.type !== 'symbol');
  return { ...style, layers: [...rest, ...symbols] };
}

/** Names in the reader's language where the data has them. */
export function inLanguage(style: StyleSpecification, lang: Lang): StyleSpecification {
  if (lang === 'zh') return style;
  const layers = style.layers.map((layer) => {
    if (layer.type !== 'symbol' || layer.layout?.['text-field'] === undefined) return layer;
    const field = preferEnglish(layer.layout['text-field']) as ExpressionSpecification;
    return { ...layer, layout: { ...layer.layout, 'text-field': field } };
  });
  return { ...style, layers };
}

function preferEnglish(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  if (value[0] === 'get' && value[1] === 'name') return ['coalesce', ['get', 'name_en'], value];
  return value.map(preferEnglish);
}

/** Shows and hides the layers as the reader chose; a source layer that is not listed stays. */
export function withVisibility(style: StyleSpecification, on: Record<string, boolean>): StyleSpecification {
  const layers = style.layers.map((layer) => {
    const name = sourceLayer(layer);
    if (name === null || on[name] === undefined) return layer;
    return {
      ...layer,
      layout: { ...layer.layout, visibility: on[name] ? 'visible' : 'none' },
    } as LayerSpecification;
  });
  return { ...style, layers };
}

export function sourceLayer(layer: LayerSpecification): string | null {
  return 'source-layer' in layer && typeof layer['source-layer'] === 'string' ? layer['source-layer'] : null;
}

/** Adds the life circle, the route and the badges of what is inside: the bands' colour under the
 *  streets, so that these stay white; the edges and the route under the labels; badges on top. */
export function withAnswers(style: StyleSpecification): StyleSpecification {
  const before = (is: (l: LayerSpecification) => boolean): number => {
    const at = style.layers.findIndex(is);
    return at < 0 ? style.layers.length : at;
  };
  const labels = before((l) => l.type === 'symbol');
  const streets = Math.min(
    labels,
    before((l) => sourceLayer(l) === 'road'),
  );
  const sources = Object.fromEntries(
    Object.values(OWN).map((id) => [id, { type: 'geojson' as const, data: EMPTY }]),
  );
  return {
    ...style,
    sources: { ...style.sources, ...sources },
    layers: [
      ...style.layers.slice(0, streets),
      ...fills(),
      ...style.layers.slice(streets, labels),
      ...edges(),
      ...style.layers.slice(labels),
      ...over(),
    ],
  };
}

const colour: ExpressionSpecification = ['match', ['get', 'rank'], 0, BANDS[0], 1, BANDS[1], BANDS[2]];

const streetColour: ExpressionSpecification = [
  'interpolate',
  ['linear'],
  ['get', 'share'],
  0,
  STREETS[0],
  0.33,
  STREETS[1],
  0.66,
  STREETS[2],
  1,
  STREETS[3],
];

function fills(): LayerSpecification[] {
  return [
    {
      id: 'page-shapes-fill',
      type: 'fill',
      source: OWN.shapes,
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': ['get', 'color'], 'fill-opacity': 0.12, 'fill-antialias': false },
    },
    {
      id: 'page-circle-fill',
      type: 'fill',
      source: OWN.circle,
      paint: { 'fill-color': colour, 'fill-opacity': 0.15, 'fill-antialias': false },
    },
  ];
}

function edges(): LayerSpecification[] {
  return [
    {
      id: 'page-mask',
      type: 'fill',
      source: OWN.mask,
      paint: { 'fill-color': '#f8fafc', 'fill-opacity': 0.5, 'fill-antialias': false },
    },
    {
      id: 'page-circle-halo',
      type: 'line',
      source: OWN.circle,
      layout: { 'line-join': 'round' },
      paint: { 'line-color': '#ffffff', 'line-width': 4.5, 'line-opacity': 0.75 },
    },
    {
      id: 'page-circle-edge',
      type: 'line',
      source: OWN.circle,
      layout: { 'line-join': 'round' },
      paint: { 'line-color': colour, 'line-width': 2.2 },
    },
    {
      id: 'page-streets-casing',
      type: 'line',
      source: OWN.streets,
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': '#ffffff', 'line-width': ['interpolate', ['linear'], ['zoom'], 13, 3.5, 17, 8] },
    },
    {
      id: 'page-streets-line',
      type: 'line',
      source: OWN.streets,
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: {
        'line-color': streetColour,
        'line-width': ['interpolate', ['linear'], ['zoom'], 13, 2, 17, 5],
      },
    },
    {
      id: 'page-shapes-line',
      type: 'line',
      source: OWN.shapes,
      layout: { 'line-join': 'round' },
      paint: { 'line-color': ['get', 'color'], 'line-width': 2.5 },
    },
    {
      id: 'page-route-casing',
      type: 'line',
      source: OWN.route,
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': '#ffffff', 'line-width': 9 },
    },
    {
      id: 'page-route-line',
      type: 'line',
      source: OWN.route,
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': ROUTE, 'line-width': 5 },
    },
  ];
}

/** The number in a case's mark. */
const RANK: ExpressionSpecification = ['to-number', ['get', 'label'], 0];

function over(): LayerSpecification[] {
  return [
    {
      id: 'page-link-casing',
      type: 'line',
      source: OWN.link,
      filter: ['==', ['geometry-type'], 'LineString'],
      layout: { 'line-cap': 'round' },
      paint: { 'line-color': '#ffffff', 'line-width': 10 },
    },
    {
      id: 'page-link-line',
      type: 'line',
      source: OWN.link,
      filter: ['==', ['geometry-type'], 'LineString'],
      paint: { 'line-color': LINK, 'line-width': 6, 'line-dasharray': [1.4, 0.7] },
    },
    {
      id: 'page-link-spot',
      type: 'circle',
      source: OWN.link,
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': 14,
        'circle-color': LINK,
        'circle-opacity': 0.12,
        'circle-stroke-color': LINK,
        'circle-stroke-width': 2.5,
      },
    },
    {
      id: 'page-circle-label',
      type: 'symbol',
      source: OWN.circle,
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 420,
        'text-field': ['get', 'label'],
        'text-font': FONT_BOLD,
        'text-size': 12,
        'text-padding': 8,
      },
      paint: { 'text-color': BANDS[0], 'text-halo-color': '#ffffff', 'text-halo-width': 2 },
    },
    {
      id: 'page-spots-dot',
      type: 'circle',
      source: OWN.spots,
      paint: {
        'circle-color': ['get', 'color'],
        'circle-radius': 3.5,
        'circle-stroke-color': '#ffffff',
        'circle-stroke-width': 1.2,
      },
    },
    {
      id: 'page-spots',
      type: 'symbol',
      source: OWN.spots,
      layout: {
        'icon-image': ['get', 'badge'],
        'icon-size': ['get', 'size'],
        'icon-padding': 1,
        'symbol-sort-key': ['get', 'rank'],
        'text-field': ['step', ['zoom'], '', 16, ['get', 'name']],
        'text-font': FONT,
        'text-size': 11.5,
        'text-anchor': 'top',
        'text-offset': [0, 1.15],
        'text-max-width': 7,
        'text-optional': true,
      },
      paint: { 'text-color': '#1e293b', 'text-halo-color': '#ffffff', 'text-halo-width': 1.6 },
    },
    {
      id: 'page-shapes-point',
      type: 'circle',
      source: OWN.shapes,
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-color': ['get', 'color'],
        'circle-radius': 8,
        'circle-stroke-color': '#ffffff',
        'circle-stroke-width': 3,
      },
    },
    {
      id: 'page-cases',
      type: 'circle',
      source: OWN.cases,
      layout: { 'circle-sort-key': ['case', ['get', 'chosen'], 1, ['-', 0, RANK]] },
      paint: {
        'circle-color': ['get', 'color'],
        'circle-radius': ['case', ['get', 'chosen'], 17, 13],
        'circle-stroke-color': ['case', ['get', 'chosen'], '#0f172a', '#ffffff'],
        'circle-stroke-width': ['case', ['get', 'chosen'], 3, 2],
      },
    },
    {
      id: 'page-cases-label',
      type: 'symbol',
      source: OWN.cases,
      layout: {
        'text-field': ['get', 'label'],
        'text-font': FONT_BOLD,
        'text-size': 13,
        'text-padding': 0,
        // Where several are in one place the first can be read.
        'symbol-sort-key': RANK,
      },
      paint: { 'text-color': '#ffffff' },
    },
    ...crowdLayers(OWN, FONT_BOLD),
    {
      id: 'page-highlight',
      type: 'circle',
      source: OWN.highlight,
      paint: {
        'circle-radius': 17,
        'circle-color': ROUTE,
        'circle-opacity': 0.12,
        'circle-stroke-color': ROUTE,
        'circle-stroke-width': 2.5,
      },
    },
  ];
}

/** The world with the largest band cut out: what is outside steps back. */
export function mask(circle: GeoJSON.FeatureCollection): GeoJSON.FeatureCollection {
  const outer = circle.features[0]?.geometry;
  if (!outer || (outer.type !== 'MultiPolygon' && outer.type !== 'Polygon')) return EMPTY;
  const polygons = outer.type === 'Polygon' ? [outer.coordinates] : outer.coordinates;
  const shells = polygons.flatMap((p) => (p[0] ? [p[0]] : []));
  const holes = polygons.flatMap((p) => p.slice(1));
  const world = [
    [-180, -85],
    [180, -85],
    [180, 85],
    [-180, 85],
    [-180, -85],
  ];
  const coordinates = [[world, ...shells], ...holes.map((ring) => [ring])];
  return {
    type: 'FeatureCollection',
    features: [{ type: 'Feature', properties: {}, geometry: { type: 'MultiPolygon', coordinates } }],
  };
}
