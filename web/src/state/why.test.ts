import { describe, expect, it } from 'vitest';
import type { Explanation, Reason, Remedy } from '../api/types';
import type { Asked } from './bands';
import { proposal, told } from './why';

const out: Explanation = {
  inside: false,
  walk_s: 1040,
  distance_m: 1300,
  line_m: 200,
  over_s: 140,
  route: null,
  snap_m: { origin: 0, to: 3 },
  reasons: [],
  remedies: [],
};
const zh: Asked = { measure: 'minutes', band: 15, lang: 'zh' };
const en: Asked = { ...zh, lang: 'en' };
const reasons = (r: Reason[], asked: Asked) => told({ ...out, reasons: r }, asked).reasons;
const remedies = (r: Remedy[], asked: Asked) =>
  told({ ...out, remedies: r }, asked).remedies.map((x) => x.text);

describe('why a place is outside', () => {
  it('begins with how long the walk is', () => {
    expect(told(out, zh).head).toBe('不在 15 分钟圈内：步行 18 分钟（1.3 公里）。');
    expect(told(out, en).head).toBe('Outside the 15 min circle: 18 min on foot (1.3 km).');
    const metres: Asked = { measure: 'metres', band: 500, lang: 'en' };
    expect(told({ ...out, inside: true }, metres).head).toBe(
      'Inside the 500 m circle: 18 min on foot (1.3 km).',
    );
    expect(told({ ...out, walk_s: null, distance_m: null }, zh).head).toBe('不在 15 分钟圈内：走不到那里。');
  });

  it('names what the straight line crosses', () => {
    const barrier: Reason = { kind: 'barrier', barrier: 'wall', barriers: ['wall', 'water'], lon: 1, lat: 2 };
    expect(reasons([{ kind: 'detour', ratio: 6.5 }, barrier], zh)).toEqual([
      '要绕路：走的路是直线距离的 6.5 倍。',
      '直线上隔着围墙、河流或水面。',
    ]);
    expect(reasons([barrier], en)).toEqual(['The straight line crosses a wall and water.']);
  });

  it('tells how far a place is from the streets, and what blocks it', () => {
    const far = (blocked: boolean, distance_m: number | null): Reason => ({
      kind: 'outside_network',
      end: 'to',
      blocked,
      distance_m,
    });
    expect(reasons([far(false, 221.7)], en)).toEqual([
      'The place is 220 m from the nearest walkable street.',
    ]);
    expect(reasons([far(false, null)], zh)).toEqual(['那里附近没有步行道路。']);
    expect(reasons([far(true, 20)], zh)).toEqual(['那里与附近的步行道路之间隔着水面、铁路或围墙。']);
  });

  it('has words for every reason', () => {
    const all: Reason[] = [
      { kind: 'no_way' },
      { kind: 'too_far', straight_s: 1200 },
      { kind: 'steps', adult_s: 300 },
      { kind: 'closed_way', adult_s: 300 },
      { kind: 'one_way', back_s: 300 },
      { kind: 'streets' },
    ];
    for (const asked of [zh, en]) expect(new Set(reasons(all, asked)).size).toBe(all.length);
  });
});

describe('what it would take', () => {
  const link: Remedy = {
    kind: 'link',
    geometry: { type: 'LineString', coordinates: [] } as never,
    length_m: 61.2,
    walk_s: 700,
    barrier: 'water',
  };

  it('is told as remedies that each suffice', () => {
    const all: Remedy[] = [
      { kind: 'more_time', minutes: 18 },
      { kind: 'more_metres', metres: 1300 },
      { kind: 'faster', speed_m_s: 1.5 },
      link,
    ];
    expect(remedies(all, zh)).toEqual([
      '给 18 分钟就能到',
      '放宽到 1.3 公里',
      '走快些：每小时 5.4 公里',
      '新建一条 61 米的通道（跨过河流或水面），步行 12 分钟',
    ]);
    expect(remedies([{ ...link, barrier: null }], en)).toEqual(['A new path of 61 m: 12 min on foot']);
  });

  it('is drawn as a path, or as the spot to open', () => {
    expect(proposal({ ...out, remedies: [link] })?.geometry.type).toBe('LineString');
    const open: Remedy = { kind: 'open', lon: 1, lat: 2, walk_s: 60 };
    expect(proposal({ ...out, remedies: [open] })?.geometry).toEqual({ type: 'Point', coordinates: [1, 2] });
    expect(proposal(out)).toBeNull();
    expect(proposal(null)).toBeNull();
  });
});
