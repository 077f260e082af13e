import { describe, expect, it } from 'vitest';
import { asked } from './links';
import { USUAL } from './question';

describe('missing links', () => {
  it('are asked for with what the link of the page keeps', () => {
    const usual = { category: 'station', minutes: 15, profile: 'adult', longest_m: 150, limit: 20 };
    expect(asked(USUAL)).toEqual(usual);
    const other = { ...USUAL, measure: 'metres', band: 500, longest: 80, scenario: 's', links: 'l' } as const;
    expect(asked(other)).toEqual({
      category: 'station',
      metres: 500,
      profile: 'adult',
      longest_m: 80,
      limit: 20,
      scenario: 's',
    });
  });
});
