import { describe, expect, it } from 'vitest';
import type { Issue, Offered, Staff } from '../api/issues';
import type { Me } from '../api/types';
import { ring } from './position';
import { gridsOf, mayOpen } from './rights';
import { fitted } from './shrink';
import { choices, dueOf, isMine, other, whatOf } from './task';

const neighbour = {
  level: 'grid' as const,
  unit: { layer: 'grid', code: '2', name: '第二网格' },
  worker: 'li',
};
const task = (staff: Partial<Staff>): Issue =>
  ({ staff: { actions: [], watches: [], ...staff } }) as unknown as Issue;
const action = (name: Offered['action'], ...needs: string[]) => ({ action: name, needs });

describe('a task', () => {
  it('offers the usual action first, and nothing that is the desk’s', () => {
    const all = [action('extend', 'reason'), action('comment'), action('finish', 'photo'), action('start')];
    expect(choices(task({ actions: all })).map((c) => [c.action, c.usual])).toEqual([
      ['start', true],
      ['finish', false],
      ['comment', false],
    ]);
    expect(choices({} as Issue)).toEqual([]);
  });

  it('goes to the co-owner with one tap only while it may be handed over', () => {
    expect(other(task({ co_owner: neighbour, actions: [action('reassign')] }))).toBe(neighbour);
    expect(other(task({ co_owner: neighbour, actions: [action('comment')] }))).toBeNull();
    expect(other(task({ co_owner: null, actions: [action('reassign')] }))).toBeNull();
  });

  it('is due by the first limit that runs; the promise is not the worker’s', () => {
    const watch = (stage: Staff['watches'][number]['stage'], due_at: string | null, paused = false) => ({
      stage,
      due_at,
      paused,
      started_at: '',
      warned: false,
      missed: false,
    });
    const watches = [
      watch('promise', '2026-11-20T00:00:00Z'),
      watch('solve', '2026-11-24T00:00:00Z'),
      watch('arrive', '2026-11-23T08:00:00+08:00'),
      watch('check', '2026-11-21T00:00:00Z', true),
    ];
    expect(dueOf(task({ watches }))?.stage).toBe('arrive');
    expect(dueOf(task({ watches: [] }))).toBeNull();
    expect(dueOf(null)).toBeNull();
  });

  it('tells what an event was about', () => {
    const told = (what: Parameters<typeof whatOf>[0]['what']) =>
      whatOf({ what } as Parameters<typeof whatOf>[0]);
    expect([
      told('reported'),
      told({ did: 'start' }),
      told({ warned: 'solve' }),
      told({ missed: 'solve' }),
    ]).toEqual(['reported', 'start', 'warned', 'missed']);
  });
});

describe('who works where', () => {
  const grant = (role: string, layer: string | null) => ({
    id: 1,
    role,
    area: layer && { code: layer, name: null, layer },
  });
  const user = {
    grants: [grant('worker', 'town'), grant('dispatcher', 'grid'), grant('worker', 'grid')],
  } as unknown as Me;

  it('the narrowest area of a worker comes first', () => {
    expect(gridsOf(user).map((a) => a.code)).toEqual(['grid', 'town']);
    expect(gridsOf(null)).toEqual([]);
  });

  it('anybody may report and follow; tasks are the workers’, the board the dispatchers’', () => {
    const rooms = ['report', 'follow', 'work', 'board', 'statistics'] as const;
    expect(rooms.map((room) => mayOpen(null, room))).toEqual([true, true, false, false, false]);
    expect(rooms.map((room) => mayOpen(user, room))).toEqual([true, true, true, true, true]);
  });
});

describe('what is measured and made small', () => {
  it('a large photo is fitted, a small one stays', () => {
    expect(fitted(4000, 3000)).toEqual([1600, 1200]);
    expect(fitted(3000, 4000)).toEqual([1200, 1600]);
    expect(fitted(800, 600)).toEqual([800, 600]);
    expect(fitted(9000, 1)).toEqual([1600, 1]);
  });

  it('the circle of a position has its radius everywhere', () => {
    const [lon, lat] = [116, 29];
    const corners = ring([lon, lat], 50).coordinates[0] ?? [];
    expect(corners[0]).toEqual(corners.at(-1));
    for (const [x, y] of corners as [number, number][]) {
      const east = (x - lon) * 111_195 * Math.cos((lat * Math.PI) / 180);
      expect(Math.hypot(east, (y - lat) * 111_195)).toBeCloseTo(50, 1);
    }
  });
});

describe('whose turn it is', () => {
  it('the worker’s while it is dispatched or under way, not while it is put off, checked or with the desk', () => {
    const row = (state: Issue['state'], suspended = false) => isMine({ state, suspended });
    expect([row('dispatched'), row('in_progress')]).toEqual([true, true]);
    expect([row('dispatched', true), row('done'), row('accepted'), row('closed')]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
