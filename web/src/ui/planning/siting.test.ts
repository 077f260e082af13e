import { describe, expect, it } from 'vitest';
import type { Pick as Picked } from '../../api/planning';
import { percent, planningWords } from '../../i18n/planning';
import { USUAL } from './question';
import { asked, measuresOf, newPlace, proven } from './siting';

const pick = (n: number, more: Partial<Picked> = {}): Picked => ({
  n,
  lon: n,
  lat: 0,
  of: null,
  existing: false,
  adds: 10 - n,
  ...more,
});

describe('a siting', () => {
  it('is asked with what the choice of sites needs, and no more', () => {
    expect(asked(USUAL, [])).toMatchObject({ minutes: 15, places: 3, candidates: { spacing_m: 150 } });
    expect(asked({ ...USUAL, area: 'town/4' }, []).candidates).toEqual({ spacing_m: 150, in: 'town/4' });
    expect(asked({ ...USUAL, sites: 'venue', area: 'town/4' }, []).candidates).toEqual({ layer: 'venue' });
    expect(asked({ ...USUAL, sites: 'drawn' }, [[1, 2]]).candidates).toEqual({ points: [[1, 2]] });
    expect(asked({ ...USUAL, goal: 'cover_all' }, [])).not.toHaveProperty('places');
  });

  it('claims no more than was proven', () => {
    const w = planningWords('en');
    expect(proven(0, w)).toBe('Proven: no choice is better.');
    expect(proven(0.004, w)).toContain('0.4%');
    expect(proven(0.00401, w)).toContain('0.5%');
    expect(proven(0.00001, w)).toContain('0.1%');
  });

  it('becomes the measures of a scenario', () => {
    const layers = [{ id: 'station', geometry: 'point' }];
    const place = (n: number) => newPlace('station', layers, `驿站 ${n}`);
    const old = [1, 2].map((id) => ({ layer: 'station', id, name: null, lon: 0, lat: 0 }));
    const found = {
      picks: [pick(1), pick(2, { existing: true, of: { layer: 'station', id: 2, name: null } })],
      existing: old,
    };
    const built = {
      do: 'add',
      layer: 'station',
      geometry: { type: 'Point', coordinates: [1, 0] },
      properties: { name: '驿站 1' },
    };
    expect(measuresOf(found, false, place)).toEqual([built]);
    expect(measuresOf(found, true, place)).toEqual([built, { do: 'close', layer: 'station', id: 1 }]);
  });

  it('puts what has no layer of its own among the points of interest', () => {
    expect(newPlace('toilet', [{ id: 'station', geometry: 'point' }], 'x')).toEqual({
      layer: 'poi',
      properties: { name: 'x', category: 'toilet' },
    });
  });
});

describe('a share', () => {
  it('is the whole only when it is', () => {
    expect([percent(1), percent(0.9999), percent(0.5), percent(0), percent(null)]).toEqual([
      '100.0%',
      '99.9%',
      '50.0%',
      '0.0%',
      '–',
    ]);
  });
});
