import { describe, expect, it } from 'vitest';
import { ALL, asked, bare, count, type Filter, format, isOn, parse, turned } from './filter';

const full: Filter = {
  states: ['accepted', 'done'],
  level: 'town',
  category: 'group:environment',
  area: { layer: 'grid', code: '360483100001001' },
  late: 'missed',
  triage: true,
  suspended: true,
  source: 'hotline',
  assignee: '张三',
  q: '解放路',
  inView: true,
  sort: 'newest',
};

describe('what the board looks at', () => {
  it('comes back from a link as it went in', () => {
    expect(parse(format(full))).toEqual(full);
    expect(parse(format(ALL))).toEqual(ALL);
  });

  it('leaves nothing in the link when everything is looked at', () => {
    expect(format(ALL)).toEqual({});
  });

  it('is everything when the link is mangled', () => {
    expect(
      parse({ state: 'x', level: '9', category: '<b>', area: 'house:1', late: 'so', sort: 'up' }),
    ).toEqual(ALL);
  });

  it('asks the server for open cases unless states are named', () => {
    expect(asked(ALL, null)).toEqual({ state: 'open' });
    expect(asked({ ...ALL, states: ['closed', 'void'] }, null).state).toBe('closed,void');
  });

  it('asks in the words of the server', () => {
    expect(asked(full, [116, 29, 116.5, 29.5])).toEqual({
      state: 'accepted,done',
      level: 'town',
      group: 'environment',
      grid: '360483100001001',
      overdue: true,
      triage: 'waiting',
      suspended: true,
      source: 'hotline',
      assignee: '张三',
      q: '解放路',
      bbox: '116.000000,29.000000,116.500000,29.500000',
    });
    expect(asked({ ...ALL, late: 'warned', category: 'sticker' }, null)).toMatchObject({
      overdue: 'warned',
      category: 'sticker',
    });
  });

  it('needs to know the map before it can follow it', () => {
    expect(asked({ ...ALL, inView: true }, null).bbox).toBeUndefined();
  });
});

describe('a counter', () => {
  it('is a filter that is taken back by pressing it again, and leaves the others alone', () => {
    const mine = { ...ALL, level: 'grid', q: 'x' };
    for (const counter of ['overdue', 'warned', 'triage', 'unassigned', 'reported'] as const) {
      const on = turned(mine, counter);
      expect(isOn(on, counter)).toBe(true);
      expect(isOn(on, 'open')).toBe(false);
      expect(on).toMatchObject({ level: 'grid', q: 'x' });
      expect(turned(on, counter)).toEqual(mine);
    }
  });

  it('takes the place of another', () => {
    expect(turned(turned(ALL, 'overdue'), 'unassigned')).toEqual({ ...ALL, assignee: '-' });
    expect(turned(turned(ALL, 'unassigned'), 'open')).toEqual(ALL);
  });

  it('does not forget a worker who was chosen', () => {
    expect(bare({ ...ALL, assignee: '张三' }).assignee).toBe('张三');
    expect(isOn({ ...ALL, assignee: '张三' }, 'open')).toBe(true);
  });

  it('is not counted among the filters', () => {
    expect(count(turned(ALL, 'unassigned'))).toBe(0);
    expect(count(turned(ALL, 'reported'))).toBe(0);
    expect(count(full)).toBe(8);
  });
});
