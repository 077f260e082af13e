import { describe, expect, it } from 'vitest';
import type { Me, Role } from '../api/types';
import { fault } from '../i18n/people';
import { agentName } from './agent';
import { difference, positions } from './difference';
import { generated, weakness } from './password';
import { mayOpen, roles } from './rights';

const person = (...grants: [Role, string | null][]): Me => ({
  name: 'ann',
  display_name: null,
  grants: grants.map(([role, code], id) => ({
    id,
    role,
    area: code === null ? null : { code, name: null, layer: null },
  })),
});

describe('a generated password', () => {
  it('uses every character evenly and is good enough', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const seen: Record<string, number> = {};
    for (let i = 0; i + 20 <= 256; i += 4)
      for (const c of generated(all.slice(i)).replaceAll('-', '')) seen[c] = (seen[c] ?? 0) + 1;
    expect(Object.keys(seen)).toHaveLength(32);
    expect(generated(all)).toMatch(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
    expect(weakness(generated(all), 'ann')).toBeNull();
  });

  it('is not what is refused', () => {
    expect(weakness('short', 'ann')).toBe('short');
    expect(weakness('Ann@Town.gov', 'ann@town.gov')).toBe('name');
    expect(weakness('ＡＮＮ＠town.gov', 'ann@town.gov')).toBe('name');
    expect(weakness('xxxxxxxxxxxx', 'ann')).toBe('same');
    expect(weakness('x1'.repeat(101), 'ann')).toBe('long');
    expect(weakness('正确的马电池订书钉', 'ann')).toBe('short');
    expect(weakness('正确的马电池订书钉子', 'ann')).toBeNull();
  });
});

describe('rooms', () => {
  it('are open to those whom the server lets in', () => {
    const everywhere = person(['admin', null]);
    const somewhere = person(['admin', '360483100'], ['worker', null]);
    const worker = person(['worker', null]);
    const planner = person(['planner', '360483100']);
    for (const [who, may] of [
      [planner, true],
      [somewhere, true],
      [worker, false],
      [null, false],
    ] as const)
      expect(mayOpen(who, 'planning')).toBe(may);
    const open = (user: Me | null) =>
      (['login', 'account', 'users', 'audit'] as const).filter((r) => mayOpen(user, r));
    expect(open(null)).toEqual(['login']);
    expect(open(worker)).toEqual(['account']);
    expect(open(somewhere)).toEqual(['account', 'users']);
    expect(open(everywhere)).toEqual(['account', 'users', 'audit']);
    expect(roles(somewhere)).toEqual(['admin', 'worker']);
  });
});

describe('the difference', () => {
  it('names what was changed and leaves out what was not', () => {
    const before = { name: '甲', tags: ['a'], more: { x: 1, y: 2 }, gone: 'g', empty: null };
    const after = { name: '乙', tags: ['a'], more: { x: 1, y: 3 }, fresh: true };
    expect(difference(before, after)).toEqual([
      { path: 'name', before: '甲', after: '乙', kind: 'changed' },
      { path: 'more.y', before: 2, after: 3, kind: 'changed' },
      { path: 'gone', before: 'g', after: undefined, kind: 'removed' },
      { path: 'fresh', before: undefined, after: true, kind: 'added' },
    ]);
  });

  it('tells all of what came or went', () => {
    expect(difference(null, { role: 'worker', area: null }).map((l) => [l.path, l.kind])).toEqual([
      ['role', 'added'],
    ]);
    expect(difference({ a: { b: 1 } }, null)).toEqual([
      { path: 'a.b', before: 1, after: undefined, kind: 'removed' },
    ]);
    expect(difference(null, undefined)).toEqual([]);
    expect(difference('a', 'b')).toEqual([{ path: '', before: 'a', after: 'b', kind: 'changed' }]);
  });

  it('takes a shape for one thing', () => {
    const ring = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ];
    const shape = { type: 'Polygon' as const, coordinates: [ring] };
    const moved = { type: 'Polygon' as const, coordinates: [[...ring].reverse()] };
    expect(difference({ geometry: shape }, { geometry: shape })).toEqual([]);
    expect(difference({ geometry: shape }, { geometry: moved }).map((l) => l.path)).toEqual(['geometry']);
    expect(positions(shape)).toBe(4);
    expect(positions({ type: 'Point', coordinates: [1, 2] })).toBe(1);
  });
});

describe('a browser', () => {
  it('is told by its name and system', () => {
    const chrome =
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';
    expect(agentName(chrome)).toBe('Chrome 141 · Windows');
    expect(agentName(`${chrome} Edg/140.0`)).toBe('Edge 140 · Windows');
    const safari =
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1';
    expect(agentName(safari)).toBe('Safari 18 · iOS');
    expect(agentName('curl/8.5.0')).toBe('curl 8.5.0');
    expect(agentName('our own thing')).toBe('our own thing');
    expect(agentName(null)).toBe('');
  });
});

describe('a fault of a field', () => {
  it('is told in the reader’s language, and as it came when it is not known', () => {
    expect(fault('there is a user of this name already', 'zh')).toBe('已有同名用户');
    expect(fault('is a new rule', 'zh')).toBe('is a new rule');
    expect(fault('has fewer than 10 characters', 'en')).toBe('Has fewer than 10 characters');
  });
});
