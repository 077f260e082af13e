/** Scores as they are shown. Pure. */
import type { AreaScore, CategoryScore } from '../../api/planning';
import { count } from '../../i18n/format';
import { percent } from '../../i18n/planning';
import { NEAR } from '../../map/planning';
import type { Lang } from '../../state/url';
import type { Bar } from '../chart/bar';

/** Who has all five, for each walker and number of minutes. */
export function fiveBars(
  score: AreaScore,
  profile: (id: string) => string,
  band: (minutes: number) => string,
  lang: Lang,
): Bar[] {
  return score.profiles.flatMap((p) =>
    p.all_five.map((five, i): Bar => {
      const share = score.households > 0 ? five.households / score.households : null;
      return {
        key: `${p.profile}${i}`,
        name: `${profile(p.profile)} ${band(score.minutes[i] ?? 0)}`,
        value: share ?? 0,
        text: percent(share),
        colour: NEAR[i] ?? NEAR[2],
        note: count(five.households, lang),
      };
    }),
  );
}

export const SCALES = ['walk', 'line', 'ground'] as const;
export type Scale = (typeof SCALES)[number];

/** The shares of a category on one of the scales. */
export function sharesOf(c: CategoryScore, scale: Scale): (number | null)[] {
  if (scale === 'ground') return c.ground;
  return (scale === 'walk' ? c.covered : c.line).map((covered) => covered.share);
}
