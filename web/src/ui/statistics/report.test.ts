import { describe, expect, it } from 'vitest';
import type { Figures, Line, Rate, RateKind } from '../../api/board';
import { boardWords } from '../../i18n/board';
import { asked, days, nameOf, percent, share, shifted, signed, valueOf } from './report';

const none = Object.fromEntries(
  'reported repeated decided decided_in_time accepted accepted_from_workers due closed closed_in_time overdue checks failed_checks ended ended_at_once'
    .split(' ')
    .map((key) => [key, 0]),
) as unknown as Figures;
const rate = (kind: RateKind, numerator: number, denominator: number, percent_: number | null): Rate => ({
  kind,
  numerator,
  denominator,
  percent: percent_,
});
const line = (id: string | null, reported: number, closed: number | null): Line => ({
  key: id === null ? null : { id, name: `网格${id}` },
  figures: { ...none, reported },
  rates: [rate('closed', closed ?? 0, closed === null ? 0 : 100, closed)],
});
const w = boardWords('zh');

describe('the report', () => {
  const name = (l: Line) => nameOf(l, { by: 'grid', words: w, categories: null, lang: 'zh' });

  it('shows a rate with both its parts, to the digit', () => {
    const closing = rate('closed', 911, 972, 93.72);
    expect([percent(closing, w), share(closing)]).toEqual(['93.72%', '911/972']);
    expect(percent(rate('closed', 0, 0, null), w)).toBe('无');
    expect(valueOf({ figures: none, rates: [closing] }, 'rate:closed')).toBe(93.72);
    expect(valueOf({ figures: none, rates: [] }, 'rate:closed')).toBeNull();
  });

  it('writes differences with a sign', () => {
    expect([signed(3.716, 2), signed(-1.2, 1), signed(0)]).toEqual(['+3.72', '−1.2', '0']);
  });

  it('names sources and what has no key in the reader’s language', () => {
    const source = { key: { id: 'hotline', name: null } };
    expect(nameOf(source, { by: 'source', words: boardWords('en'), categories: null, lang: 'en' })).toBe(
      'Hot line',
    );
    expect(name(line(null, 1, 1))).toBe('其他（无归属）');
  });
});

describe('a period', () => {
  it('is told with its last day', () => {
    expect(days({ kind: 'month', first: '2026-11-01', end: '2026-12-01' })).toBe('2026-11-01 – 2026-11-30');
    expect(days({ kind: 'day', first: '2026-11-22', end: '2026-11-23' })).toBe('2026-11-22');
  });

  it('is followed by the next one, also at the end of a long month', () => {
    expect(shifted('2026-01-31', 'month', 1)).toBe('2026-02-01');
    expect(shifted('2026-01-31', 'month', -1)).toBe('2025-12-01');
    expect(shifted('2026-12-28', 'week', 1)).toBe('2027-01-04');
    expect(shifted('2028-02-28', 'day', 1)).toBe('2028-02-29');
  });

  it('comes from the link, and is this month when the link is mangled', () => {
    const now = new Date('2026-11-22T12:00').getTime();
    expect(asked({ period: 'week', date: '2026-10-05', by: 'worker' }, now)).toEqual({
      period: 'week',
      date: '2026-10-05',
      by: 'worker',
    });
    expect(asked({ period: 'year', date: '2026-13-05', by: 'x' }, now)).toEqual({
      period: 'month',
      date: '2026-11-22',
      by: 'grid',
    });
  });
});
