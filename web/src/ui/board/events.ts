/** What an event of a case is called. Pure. */
import type { CaseEvent } from '../../api/board';
import type { BoardWords } from '../../i18n/board';

export function eventTitle(e: CaseEvent, b: BoardWords): string {
  if (e.what === 'reported') return b.events.reported;
  if ('did' in e.what) return b.actions[e.what.did] ?? e.what.did;
  if ('warned' in e.what) return b.events.warned(b.stages[e.what.warned] ?? e.what.warned);
  return b.events.missed(b.stages[e.what.missed] ?? e.what.missed);
}

export const tone = (e: CaseEvent): 'late' | 'warned' | 'plain' =>
  typeof e.what === 'object' && 'missed' in e.what
    ? 'late'
    : typeof e.what === 'object' && 'warned' in e.what
      ? 'warned'
      : 'plain';

export function actor(e: CaseEvent, b: BoardWords): string {
  const part = b.who[e.who] ?? e.who;
  return e.name ? `${part} ${e.name}` : part;
}
