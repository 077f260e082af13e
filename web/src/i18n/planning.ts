/** Words of the planner's workspace in the reader's language. Pure. */
import type { Lang } from '../state/url';
import { planningEn } from './planning.en';
import { type PlanningWords, planningZh } from './planning.zh';

export type { PlanningWords };

export const planningWords = (lang: Lang): PlanningWords => (lang === 'en' ? planningEn : planningZh);

/** A share of something as people read it; never rounded up to the whole. */
export function percent(share: number | null, digits = 1): string {
  if (share === null) return '–';
  const scaled = share * 100;
  const most = 100 - 10 ** -digits;
  const shown = share < 1 ? Math.min(scaled, most) : scaled;
  return `${shown.toFixed(digits)}%`;
}
