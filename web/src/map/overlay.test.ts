import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import type { StyleSpecification } from 'maplibre-gl';
import { describe, expect, it } from 'vitest';
import { type Overlay, outdated, withoutOverlay } from './overlay';
import { areasOverlay, changeOverlay, coverageOverlay, withSites } from './planning';

const drawn = { tiles: 'http://a/{z}/{x}/{y}', bands: 3, colour: '#123456', turn: 0 };
const style = (o: Overlay): StyleSpecification => ({
  version: 8,
  sources: o.sources,
  layers: o.layers.map((l) => l.layer) as StyleSpecification['layers'],
});

describe('what a room brings to the map', () => {
  it('is a valid style, for any number of bands', () => {
    const all = [1, 2, 3].map((bands) => coverageOverlay({ ...drawn, bands }));
    const more = [
      changeOverlay(drawn),
      withSites(coverageOverlay(drawn), [{ lon: 1, lat: 2, adds: 3 }]),
      areasOverlay('grid', drawn.tiles, []),
      areasOverlay('grid', drawn.tiles, [{ id: 1, colour: '#fff' }]),
    ];
    for (const overlay of [...all, ...more]) expect(validateStyleMin(style(overlay))).toEqual([]);
  });

  it('leaves sources that only have other data, and makes others anew', () => {
    const one = withSites(coverageOverlay(drawn), []);
    const two = withSites(coverageOverlay(drawn), [{ lon: 1, lat: 2, adds: 3 }]);
    expect([...outdated(one, two)]).toEqual([]);
    expect([...outdated(one, coverageOverlay({ ...drawn, tiles: 'http://b/{z}/{x}/{y}' }))]).toEqual([
      'room-coverage',
      'room-sites',
    ]);
  });

  it('is taken out of a style again', () => {
    const whole = style(coverageOverlay(drawn));
    const own = { id: 'road', type: 'line' as const, source: 'base', 'source-layer': 'road' };
    const mixed = {
      ...whole,
      sources: { ...whole.sources, base: { type: 'vector' as const, tiles: [] } },
      layers: [own, ...whole.layers],
    };
    const left = withoutOverlay(mixed);
    expect(Object.keys(left.sources)).toEqual(['base']);
    expect(left.layers).toEqual([own]);
  });
});
