import { describe, expect, it } from 'vitest';
import { parse as link } from '../../state/url';
import { bandsTo, changed, common, format, moment, parse, type Question, USUAL } from './question';

const some: Question = {
  ...USUAL,
  part: 'siting',
  category: 'elder_care',
  measure: 'metres',
  band: 500,
  profile: 'wheelchair',
  level: 'town',
  open: '2026-11-22T21:30',
  unknown: true,
  scenario: 'aB3_-x',
  area: 'community/17',
  at: [116.045, 29.448],
  report: true,
  goal: 'cover_all',
  places: 12,
  existing: 'move',
  weights: 'buildings',
  sites: 'drawn',
  spacing: 80,
  run: 'r1',
  longest: 90,
  links: 'L2_-',
  target: 450,
};

describe('what the planner looks at', () => {
  it('survives a link, whole and short', () => {
    expect(parse(format(some))).toEqual(some);
    expect(format(USUAL)).toEqual({});
    expect(format({ ...USUAL, band: 10 })).toEqual({ band: '10' });
    expect(format({ ...USUAL, measure: 'metres', band: 1000 })).toEqual({ measure: 'metres' });
  });

  it('is kept in the fragment of the address', () => {
    const fragment = link('#room=planning&f.part=siting&f.band=10');
    expect(fragment.room).toBe('planning');
    expect(parse(fragment.asked)).toMatchObject({ part: 'siting', band: 10 });
  });

  it('falls back where a link is mangled', () => {
    const mangled = {
      part: 'x',
      category: '<b>',
      band: '7',
      places: '0',
      at: '1,2,3',
      area: 'grid',
      open: 'soon',
    };
    expect(parse(mangled)).toEqual(USUAL);
    expect(parse({ measure: 'metres', band: '15' }).band).toBe(1000);
    expect(parse({ spacing: '49', target: '1e9' })).toMatchObject({ spacing: 150, target: 300 });
    expect(parse({ longest: '501', links: 'a b' })).toMatchObject({ longest: 150, links: '' });
  });

  it('keeps each run with its own answer, as long as it is about the same category', () => {
    const both = { ...USUAL, run: 'r1', links: 'l1' };
    expect(changed(both, { part: 'links', links: 'l2' })).toEqual({ ...both, part: 'links', links: 'l2' });
    expect(changed(both, { category: 'station', band: 10 })).toEqual({ ...both, band: 10 });
    expect(changed(both, { category: 'toilet' })).toEqual({ ...USUAL, category: 'toilet' });
    expect(changed(both, { category: 'toilet', links: 'l2' })).toMatchObject({ run: '', links: 'l2' });
  });

  it('is asked with the bands up to the one that is looked at', () => {
    expect(bandsTo({ measure: 'minutes', band: 10 })).toEqual([5, 10]);
    expect(common({ ...USUAL, band: 10 })).toMatchObject({
      category: 'station',
      minutes: '5,10',
      profile: 'adult',
    });
    expect(common({ ...some, open: '' }).unknown_hours).toBeUndefined();
    expect(common(some)).toMatchObject({ metres: '300,500', unknown_hours: 'open', scenario: 'aB3_-x' });
  });

  it('means the reader’s own time', () => {
    expect(moment('')).toBeUndefined();
    expect(moment('now')).toBe('now');
    expect(moment('2026-11-22T21:30')).toBe(new Date(2026, 10, 22, 21, 30).toISOString());
  });
});
