import { describe, expect, it } from 'vitest';
import type { Measure } from '../../api/planning';
import type { LonLat } from '../../api/types';
import { planningWords } from '../../i18n/planning';
import { type Help, Sketch } from './draft.svelte';
import { counted, marks, middle, refused } from './measures';

const A: LonLat = [1, 2];
const B: LonLat = [3, 4];
const help: Help = {
  near: async (at) => (at === A ? { layer: 'station', id: 7, name: '驿站', at: A } : null),
  place: (n) => ({ layer: 'station', properties: { name: `新 ${n}` } }),
  link: () => '拟开门',
};

describe('a scenario that is drawn', () => {
  it('takes clicks as its tool means them', async () => {
    const s = new Sketch(null, '试');
    expect(await s.ground(A, help)).toBe('nothing');
    s.choose('close');
    expect(await s.ground(B, help)).toBe('nothing');
    expect(await s.ground(A, help)).toBe('added');
    s.choose('move');
    expect(await s.ground(A, help)).toBe('where');
    expect(await s.ground(B, help)).toBe('added');
    s.choose('gate');
    await s.ground(A, help);
    s.finish(help);
    expect(s.measures).toHaveLength(2);
    await s.ground(B, help);
    s.finish(help);
    expect(s.measures).toEqual([
      { do: 'close', layer: 'station', id: 7 },
      { do: 'move', layer: 'station', id: 7, to: B },
      {
        do: 'add',
        layer: 'footpath',
        geometry: { type: 'LineString', coordinates: [A, B] },
        properties: { name: '拟开门', kind: 'gate' },
      },
    ]);
    s.undo();
    expect(s.measures).toHaveLength(2);
  });

  it('is told and drawn, and knows what was refused', () => {
    const measures: Measure[] = [
      { do: 'move', layer: 'station', id: 7, to: B },
      { do: 'close_street', at: A },
    ];
    const places = { 'station/7': { name: '驿站', at: A } };
    const { cases, shapes } = marks(measures, places);
    expect(cases.map((c) => [c.label, c.at])).toEqual([
      ['→', B],
      ['–', A],
    ]);
    expect(shapes).toHaveLength(1);
    expect(counted(measures, planningWords('zh'), '、')).toBe('迁移设施 1 项、封路 1 项');
    expect([...refused([{ field: 'measures[1].at' }, { field: 'name' }])]).toEqual([1]);
    expect(
      middle({
        type: 'LineString',
        coordinates: [
          [0, 0],
          [2, 4],
        ],
      }),
    ).toEqual([1, 2]);
  });
});
