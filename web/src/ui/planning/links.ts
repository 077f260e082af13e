/** Missing links as they are asked. Pure. */
import type { LinksQuestion } from '../../api/planning';
import { about, type Question } from './question';

/** So many are enough to look at. */
const MOST = 20;

export const asked = (q: Question): LinksQuestion => ({
  ...about(q),
  longest_m: q.longest,
  limit: MOST,
});
