import { readdirSync, readFileSync } from 'node:fs';
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import { describe, expect, it } from 'vitest';
import { badgeSvg, glyph, parseBadge } from './icons';
import { inLanguage, mask, symbolsOnTop, withAnswers, withVisibility } from './style';

const GEODATA = new URL('../../../geodata/', `file://${import.meta.dirname}/`).pathname;

interface Descriptor {
  id: string;
  order: number;
  style: Record<string, unknown>[];
  legend: { symbol: string; icon?: string }[];
}

const read = <T>(path: string): T => JSON.parse(readFileSync(`${GEODATA}${path}`, 'utf8')) as T;
const descriptors = readdirSync(`${GEODATA}layers`)
  .map((name) => read<Descriptor>(`layers/${name}`))
  .sort((a, b) => a.order - b.order);

/** The style as the server composes it from the descriptors. */
const server: StyleSpecification = {
  version: 8,
  sources: { wangge: { type: 'vector', tiles: ['http://127.0.0.1/{z}/{x}/{y}'] } },
  layers: descriptors.flatMap((d) =>
    d.style.map(
      (fragment, i) =>
        ({
          id: `${d.id}-${i}`,
          ...fragment,
          source: 'wangge',
          'source-layer': d.id,
        }) as unknown as LayerSpecification,
    ),
  ),
};

/** Every badge that an expression of the styles may name. */
function badges(value: unknown): string[] {
  if (typeof value === 'string') return /^(badge|sign):[a-z-]+:#/.test(value) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap(badges);
  if (value !== null && typeof value === 'object') return Object.values(value).flatMap(badges);
  return [];
}

describe('the layers’ style fragments', () => {
  it('make a style that MapLibre accepts, with the page’s own layers too', () => {
    expect(validateStyleMin(withAnswers(symbolsOnTop(server)) as never)).toEqual([]);
  });

  it('name only icons that the page carries', () => {
    const plain = glyph('no-such-icon');
    const icons = [
      ...badges(server.layers).map((b) => parseBadge(b)?.icon),
      ...descriptors.flatMap((d) => d.legend.flatMap((l) => (l.icon ? [l.icon] : []))),
      ...read<{ icon: string }[]>('categories.json').map((c) => c.icon),
    ];
    const missing = icons.filter((i) => i !== 'marker' && glyph(i ?? '') === plain);
    expect(missing).toEqual([]);
    expect(icons.length).toBeGreaterThan(20);
  });

  it('give every layer a legend', () => {
    expect(descriptors.filter((d) => d.legend.length === 0 || d.style.length === 0).map((d) => d.id)).toEqual(
      [],
    );
  });
});

describe('the page’s changes to the style', () => {
  it('put every label over every fill', () => {
    const types = symbolsOnTop(server).layers.map((l) => l.type === 'symbol');
    expect(types.indexOf(true)).toBeGreaterThan(types.lastIndexOf(false));
  });

  it('draw the bands under the streets and their edges over them', () => {
    const ids = withAnswers(symbolsOnTop(server)).layers.map((l) => l.id);
    const street = ids.findIndex((id) => id.startsWith('road-'));
    expect(ids.indexOf('page-circle-fill')).toBe(street - 1);
    expect(ids.indexOf('page-circle-edge')).toBeGreaterThan(street);
    expect(ids.at(-1)).toBe('page-highlight');
  });

  it('prefer English names only for an English reader', () => {
    expect(inLanguage(server, 'zh')).toBe(server);
    expect(JSON.stringify(inLanguage(server, 'en'))).toContain('["get","name_en"],["get","name"]');
  });

  it('hide what the reader switched off and touch nothing else', () => {
    const layers = withVisibility(server, { poi: false }).layers;
    const hidden = layers.filter((l) => l.layout?.visibility === 'none').map((l) => l.id);
    expect(hidden).toEqual(server.layers.filter((l) => l.id.startsWith('poi-')).map((l) => l.id));
  });
});

describe('what lies outside the circle', () => {
  const ring = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 0],
  ];
  const hole = ring.map(([x, y]) => [(x as number) / 4 + 0.5, (y as number) / 4]);

  it('is the world without the circle, but with the circle’s holes', () => {
    const geometry: GeoJSON.MultiPolygon = { type: 'MultiPolygon', coordinates: [[ring, hole]] };
    const out = mask({
      type: 'FeatureCollection',
      features: [{ type: 'Feature', properties: {}, geometry }],
    });
    const shape = out.features[0]?.geometry as GeoJSON.MultiPolygon;
    expect(shape.coordinates.map((p) => p.length)).toEqual([2, 1]);
    expect(shape.coordinates[1]?.[0]).toEqual(hole);
  });

  it('is nothing when there is no circle', () => {
    expect(mask({ type: 'FeatureCollection', features: [] }).features).toEqual([]);
  });
});

describe('a badge', () => {
  it('is read from its name, and nothing else is', () => {
    expect(parseBadge('sign:parking:#1c7ed6')).toEqual({ icon: 'parking', color: '#1c7ed6', square: true });
    expect(parseBadge('badge:"><script>:#fff')).toBeNull();
    expect(parseBadge('marker')).toBeNull();
  });

  it('is drawn with its own pictogram', () => {
    const svg = badgeSvg({ icon: 'home', color: '#d4232b', square: false }, 2);
    expect(svg).toContain('width="48"');
    expect(svg).toContain(glyph('home'));
  });
});
