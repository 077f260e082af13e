import { describe, expect, it } from 'vitest';
import type { Collection, Item } from '../api/types';
import { facts, read } from '../state/facts';
import { area, explain, metres, minutes, words } from './format';
import { peopleWords } from './people';

describe('numbers', () => {
  it('are rounded as people say them', () => {
    expect(metres(8.4, 'zh')).toBe('8 米');
    expect(metres(243, 'zh')).toBe('240 米');
    expect(metres(996, 'en')).toBe('1.0 km');
    expect(metres(12_400, 'zh')).toBe('12 公里');
    expect(area(2_021_000)).toBe('2.02');
  });

  it('never promise a walk shorter than it is', () => {
    expect(minutes(0)).toBe(1);
    expect(minutes(60)).toBe(1);
    expect(minutes(61)).toBe(2);
    expect(minutes(900)).toBe(15);
  });
});

describe('a failure', () => {
  it('says what to do, with the distance', () => {
    expect(explain({ kind: 'outside-network', distance: 240 }, 'zh')).toBe(
      '此处离最近的步行道路 240 米，请点靠近道路的位置。',
    );
    expect(explain({ kind: 'no-network' }, 'en')).toContain('wangge import osm FILE');
  });
});

describe('both languages', () => {
  const paths = (value: object, at = ''): string[] =>
    Object.entries(value).flatMap(([k, v]) =>
      typeof v === 'object' && v !== null ? paths(v, `${at}.${k}`) : [`${at}.${k}`],
    );

  it('have the same words', () => {
    expect(paths(words('en')).sort()).toEqual(paths(words('zh')).sort());
    const rooms = (lang: 'zh' | 'en') => paths({ ...peopleWords(lang), fault: {} }).sort();
    expect(rooms('en')).toEqual(rooms('zh'));
  });
});

describe('a card', () => {
  const collection = {
    roles: { name: 'name' },
    properties: {
      name: { 'x-title': { zh: '名称', en: 'Name' } },
      workers: { 'x-title': { zh: '人员', en: 'Workers' } },
      gated: {},
      beds: {},
    },
  } as unknown as Collection;
  const item = {
    properties: { name: '甲', workers: [{ name: '王芳', role: 'grid_worker' }], gated: true, beds: null },
  } as unknown as Item;

  it('lists what is known in the order of the schema, without the name and the empty', () => {
    expect(facts(item, collection, 'zh')).toEqual([
      { key: 'workers', title: '人员', text: '王芳（网格员）' },
      { key: 'gated', title: 'gated', text: '是' },
    ]);
  });

  it('reads lists, numbers and known words in the reader’s language', () => {
    expect(read(['雨伞', '药箱'], 'zh')).toBe('雨伞、药箱');
    expect(read('in_progress', 'en')).toBe('In progress');
    expect(read(12345, 'en')).toBe('12,345');
  });
});
