import { describe, expect, it } from 'vitest';
import type { Category, LifeCircle } from '../api/types';
import { circleBox, groups, missing } from './inside';

const category = (id: string, basic = false): Category => ({
  id,
  title: { zh: id, en: id },
  icon: 'marker',
  color: '#000',
  basic,
});
const CATEGORIES = [
  category('park'),
  category('medical', true),
  category('school'),
  category('culture', true),
];

const square = (s: number): GeoJSON.MultiPolygon => ({
  type: 'MultiPolygon',
  coordinates: [
    [
      [
        [-s, -s],
        [s, -s],
        [s, s],
        [-s, s],
        [-s, -s],
      ],
    ],
  ],
});
const band = (band: number, counts: Record<string, number>) => ({
  type: 'Feature' as const,
  geometry: square(band / 100),
  properties: { band, area_m2: 1, households: band, buildings: 1, counts },
});
const spot = (id: number, name: string, walk_s: number) => ({
  layer: 'poi',
  id,
  name,
  code: null,
  category: name,
  categories: [name],
  lon: 0,
  lat: 0,
  walk_s,
  reach: walk_s / 60,
});
const circle: LifeCircle = {
  type: 'FeatureCollection',
  features: [band(15, { park: 2, medical: 1 }), band(5, { park: 1 })],
  origin: { lon: 0, lat: 0, snap_m: 3 },
  profile: 'adult',
  speed_m_s: 1.25,
  edge_of_data: false,
  direction: 'from',
  facilities: [spot(1, 'park', 100), spot(2, 'medical', 600), spot(3, 'park', 800)],
  missing: ['school', 'culture'],
  network: { nodes: 1, edges: 1, source: 'test', built_at: '' },
};

describe('what is inside', () => {
  it('comes by category, basic services first, with the counts of all bands', () => {
    const list = groups(circle, CATEGORIES, 15);
    expect(list.map((g) => g.category.id)).toEqual(['medical', 'park']);
    expect(list[1]?.counts).toEqual([
      { band: 5, n: 1 },
      { band: 15, n: 2 },
    ]);
    expect(list[1]?.spots.map((s) => s.id)).toEqual([1, 3]);
  });

  it('shrinks with the band', () => {
    expect(groups(circle, CATEGORIES, 5).map((g) => g.spots.length)).toEqual([1]);
  });

  it('keeps a category the page has never heard of', () => {
    const odd = { ...circle, facilities: [spot(9, 'teahouse', 60)] };
    expect(groups(odd, CATEGORIES, 15).map((g) => g.category.id)).toContain('teahouse');
  });
});

describe('what is missing', () => {
  it('is the server’s list for the widest band, basic services first', () => {
    expect(missing(circle, CATEGORIES, 15).map((c) => c.id)).toEqual(['culture', 'school']);
  });

  it('is counted for a narrower band', () => {
    expect(missing(circle, CATEGORIES, 5).map((c) => c.id)).toEqual(['medical', 'culture', 'school']);
  });
});

it('the box of a circle holds its widest band', () => {
  expect(circleBox(circle)).toEqual([-0.15, -0.15, 0.15, 0.15]);
  expect(circleBox(null)).toBeNull();
});
