/** Missing links as they are asked. Pure. */
import type { LinksQuestion } from '../../api/planning';
import type { Question } from './question';

/** So many are enough to look at. */
const MOST = 20;

export const asked = (q: Question): LinksQuestion => ({
  category: q.category,
  [q.measure]: q.band,
  profile: q.profile,
  ...(q.scenario ? { scenario: q.scenario } : {}),
  longest_m: q.longest,
  limit: MOST,
});
