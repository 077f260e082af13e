import { describe, expect, it } from 'vitest';
import { DEFAULTS, format, parse, type Shared } from './url';

const full: Shared = {
  lang: 'en',
  tab: 'nearest',
  view: { lon: 116.045, lat: 29.448, zoom: 15.25 },
  at: [116.045123, 29.448321],
  profile: 'senior',
  direction: 'to',
  layers: { estate: true, poi: false },
  wanted: 'layer:venue',
  openNow: true,
  measure: 'metres',
  streets: true,
  why: [116.05, 29.45],
  room: 'work',
  issue: { number: '20261122-0001', key: null },
  asked: {},
};

describe('the address of the page', () => {
  it('reads back what it wrote', () => {
    expect(parse(format(full))).toEqual(full);
  });

  it('is the private link of a report, and nothing more, when a case is followed', () => {
    const link = '#issue=20261122-0001&key=a_b-C9';
    expect(format(parse(link))).toBe(link);
    expect(parse(link)).toMatchObject({ room: 'follow', issue: { number: '20261122-0001', key: 'a_b-C9' } });
  });

  it('keeps what the board looks at, also text that an address must not hold as it is', () => {
    const asked = { state: 'reported.accepted', q: '解放路 & #3' };
    expect(parse(format({ ...full, room: 'board', asked })).asked).toEqual(asked);
    expect(parse(format({ ...full, room: 'users', asked })).asked).toEqual({});
  });

  it('forgets the case when a room is opened that shows none', () => {
    expect(format(parse('#room=users&issue=1&key=secret'))).toBe('#room=users');
  });

  it('is empty for a page nobody has touched', () => {
    expect(format(DEFAULTS)).toBe('');
    expect(parse('')).toEqual(DEFAULTS);
  });

  it.each([
    '#map=abc&at=1',
    '#at=500,20',
    '#at=,20',
    '#map=99/1/2',
    '#layers=../../etc',
    '#profile=<script>&find=%22',
    '#tab=nothing&lang=fr&dir=up',
    '#by=miles&show=everything&why=here',
    '#room=cellar',
    '#issue=<b>&key=1',
    '#room=follow',
  ])('opens the map as usual when the link is mangled: %s', (link) => {
    expect(parse(link)).toEqual(DEFAULTS);
  });
});
