/** How the planner's answers are drawn: who is near, who gained, what a place would add. Colours are told
 *  apart by those who confuse red and green: blue is good, orange is not. Pure. */
import type { ExpressionSpecification } from 'maplibre-gl';
import type { Overlay, OverlayLayer } from './overlay';

/** The smallest band first. */
export const NEAR = ['#08519c', '#4292c6', '#9ecae1'] as const;
/** Farther than the largest band; no walk at all. */
export const FAR = '#f59e0b';
export const NO_WALK = '#9a3412';
/** Shares of the households, from the upper end. */
export const SHARES = [
  { from: 0.95, colour: '#08519c' },
  { from: 0.85, colour: '#6baed6' },
  { from: 0.7, colour: '#deebf7' },
  { from: 0.5, colour: '#fdd49e' },
  { from: 0, colour: '#f28e2b' },
] as const;
/** Of a share, and what can be read on it. */
export function shareColours(share: number | null): { ground: string; ink: string } {
  const colour = share === null ? '#e2e8f0' : (SHARES.find((s) => share >= s.from)?.colour ?? '#e2e8f0');
  return { ground: colour, ink: colour === SHARES[0].colour ? '#ffffff' : '#0f172a' };
}
export const CHANGES = { gained: '#0f766e', nearer: '#99d8c9', farther: '#fdba74', lost: '#c2410c' } as const;
/** Too many households, the right number, too few. */
export const FITS = { over: '#c2410c', right: '#9ecae1', under: '#fde68a' } as const;
/** Parking spaces a household, from the upper end. */
export const SUPPLY = [
  { from: 1, colour: '#08519c' },
  { from: 0.6, colour: '#6baed6' },
  { from: 0.3, colour: '#fdd49e' },
  { from: 0, colour: '#f28e2b' },
] as const;
export const supplyColour = (per: number | null): string =>
  per === null ? '#e2e8f0' : (SUPPLY.find((s) => per >= s.from)?.colour ?? '#e2e8f0');
export const SITE = '#7c3aed';

/** The colour of a band by its place among so many that were asked for. */
export function bandColour(index: number, bands: number, walk: boolean): string {
  if (!walk) return NO_WALK;
  return index >= bands ? FAR : (NEAR[index] ?? NEAR[2]);
}

const share: ExpressionSpecification = ['coalesce', ['get', 'share'], -1];
const shareColour: ExpressionSpecification = [
  'step',
  share,
  '#e2e8f0',
  ...[...SHARES].reverse().flatMap((s) => [s.from, s.colour]),
] as unknown as ExpressionSpecification;

const homeColour = (bands: number): ExpressionSpecification => [
  'case',
  ['!', ['has', 'walk_s']],
  NO_WALK,
  [
    'match',
    ['get', 'band'],
    ...[0, 1, 2].slice(0, bands).flatMap((i) => [i, bandColour(i, bands, true)]),
    FAR,
  ] as unknown as ExpressionSpecification,
];

const changeColour: ExpressionSpecification = [
  'match',
  ['coalesce', ['get', 'change'], ''],
  ...Object.entries(CHANGES).flat(),
  '#cbd5e1',
] as unknown as ExpressionSpecification;

const SOURCE = 'room-coverage';

/** Buildings, whether they are drawn as areas or as points. */
function homes(colour: ExpressionSpecification): OverlayLayer[] {
  return [
    {
      depth: 'middle',
      layer: {
        id: 'room-building',
        type: 'fill',
        source: SOURCE,
        'source-layer': 'building',
        filter: ['==', ['geometry-type'], 'Polygon'],
        paint: { 'fill-color': colour, 'fill-antialias': false },
      },
    },
    {
      depth: 'middle',
      layer: {
        id: 'room-building-edge',
        type: 'line',
        source: SOURCE,
        'source-layer': 'building',
        filter: ['==', ['geometry-type'], 'Polygon'],
        // Wider where buildings are specks, so that their colour is seen.
        paint: {
          'line-color': colour,
          'line-width': ['interpolate', ['linear'], ['zoom'], 12, 1.6, 14.5, 1.2, 16, 0.6],
        },
      },
    },
    {
      depth: 'middle',
      layer: {
        id: 'room-building-point',
        type: 'circle',
        source: SOURCE,
        'source-layer': 'building',
        filter: ['==', ['geometry-type'], 'Point'],
        paint: {
          'circle-color': colour,
          'circle-radius': ['interpolate', ['linear'], ['zoom'], 12, 1.4, 16, 4.5],
          'circle-stroke-color': '#ffffff',
          'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 13, 0, 16, 1],
        },
      },
    },
  ];
}

const areas = (colour: ExpressionSpecification, opacity: [number, number]): OverlayLayer[] => [
  {
    depth: 'ground',
    layer: {
      id: 'room-area',
      type: 'fill',
      source: SOURCE,
      'source-layer': 'area',
      paint: {
        'fill-color': colour,
        'fill-opacity': ['interpolate', ['linear'], ['zoom'], 13, opacity[0], 15.5, opacity[1]],
      },
    },
  },
  {
    depth: 'middle',
    layer: {
      id: 'room-area-edge',
      type: 'line',
      source: SOURCE,
      'source-layer': 'area',
      paint: { 'line-color': '#475569', 'line-width': 0.8, 'line-opacity': 0.6 },
    },
  },
];

const facilities = (colour: string): OverlayLayer => ({
  depth: 'top',
  layer: {
    id: 'room-facility',
    type: 'circle',
    source: SOURCE,
    'source-layer': 'facility',
    paint: {
      'circle-color': colour,
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 11, 3.5, 16, 7],
      'circle-stroke-color': '#ffffff',
      'circle-stroke-width': 2,
    },
  },
});

export interface Drawn {
  /** The address of the tiles. */
  tiles: string;
  bands: number;
  /** Of the category. */
  colour: string;
  turn: number;
}

const source = (tiles: string): Overlay['sources'] => ({
  [SOURCE]: { type: 'vector', tiles: [tiles], minzoom: 0, maxzoom: 16 },
});

/** Who is near, building by building, over the share of each area. */
export const coverageOverlay = ({ tiles, bands, colour, turn }: Drawn): Overlay => ({
  sources: source(tiles),
  layers: [...areas(shareColour, [0.5, 0.16]), ...homes(homeColour(bands)), facilities(colour)],
  turn,
});

/** Who would gain or lose by a scenario. */
export const changeOverlay = ({ tiles, colour, turn }: Drawn): Overlay => {
  const balance: ExpressionSpecification = [
    '-',
    ['coalesce', ['get', 'gained'], 0],
    ['coalesce', ['get', 'lost'], 0],
  ];
  const area: ExpressionSpecification = [
    'case',
    ['>', balance, 0],
    CHANGES.gained,
    ['<', balance, 0],
    CHANGES.lost,
    '#f1f5f9',
  ];
  return {
    sources: source(tiles),
    layers: [...areas(area, [0.3, 0.12]), ...homes(changeColour), facilities(colour)],
    turn,
  };
};

export interface Site {
  lon: number;
  lat: number;
  adds: number;
}

/** What a place at each site would add, as dots that grow with it. */
export function withSites(overlay: Overlay, sites: Site[]): Overlay {
  const most = sites.reduce((all, s) => Math.max(all, s.adds), 1);
  const features = sites.map(
    ({ lon, lat, adds }): GeoJSON.Feature => ({
      type: 'Feature',
      properties: { share: adds / most },
      geometry: { type: 'Point', coordinates: [lon, lat] },
    }),
  );
  return {
    ...overlay,
    sources: {
      ...overlay.sources,
      'room-sites': { type: 'geojson', data: { type: 'FeatureCollection', features } },
    },
    layers: [
      ...overlay.layers,
      {
        depth: 'top',
        layer: {
          id: 'room-sites',
          type: 'circle',
          source: 'room-sites',
          layout: { 'circle-sort-key': ['get', 'share'] },
          paint: {
            'circle-color': [
              'interpolate',
              ['linear'],
              ['get', 'share'],
              0,
              '#ede9fe',
              0.5,
              '#a78bfa',
              1,
              '#4c1d95',
            ],
            'circle-radius': [
              'interpolate',
              ['linear'],
              ['zoom'],
              12,
              ['+', 1.5, ['*', 3.5, ['get', 'share']]],
              16,
              ['+', 3, ['*', 10, ['get', 'share']]],
            ],
            'circle-opacity': 0.85,
            'circle-stroke-color': '#ffffff',
            'circle-stroke-width': 0.8,
          },
        },
      },
    ],
  };
}

/** With the boundary of an area. */
export function withOutline(overlay: Overlay, geometry: GeoJSON.Geometry): Overlay {
  const data: GeoJSON.Feature = { type: 'Feature', properties: {}, geometry };
  const line = (id: string, colour: string, width: number): OverlayLayer => ({
    depth: 'top',
    layer: {
      id,
      type: 'line',
      source: 'room-outline',
      layout: { 'line-join': 'round' },
      paint: { 'line-color': colour, 'line-width': width },
    },
  });
  return {
    ...overlay,
    sources: { ...overlay.sources, 'room-outline': { type: 'geojson', data } },
    layers: [
      ...overlay.layers,
      line('room-outline-halo', '#ffffff', 6),
      line('room-outline', '#0f172a', 2.5),
    ],
  };
}

/** Areas of the map in colours by their id. */
export function areasOverlay(
  layer: string,
  tiles: string,
  colours: { id: number; colour: string }[],
): Overlay {
  const pairs = colours.flatMap(({ id, colour }) => [id, colour]);
  const colour = (
    pairs.length > 0 ? ['match', ['id'], ...pairs, 'rgba(0,0,0,0)'] : 'rgba(0,0,0,0)'
  ) as ExpressionSpecification;
  return {
    sources: { 'room-areas': { type: 'vector', tiles: [tiles], minzoom: 0, maxzoom: 16 } },
    layers: [
      {
        depth: 'ground',
        layer: {
          id: 'room-areas',
          type: 'fill',
          source: 'room-areas',
          'source-layer': layer,
          paint: { 'fill-color': colour, 'fill-opacity': 0.6, 'fill-outline-color': '#475569' },
        },
      },
    ],
  };
}
