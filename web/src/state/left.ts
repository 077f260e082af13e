/** How much time is left, as people say it. Pure. */

export type Left = {
  late: boolean;
  /** Whole days, hours or minutes. */
  unit: 'days' | 'hours' | 'minutes';
  value: number;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Rounded so that nobody is told more time than there is, nor less delay. */
export function timeLeft(due: string, now: number): Left | null {
  const at = Date.parse(due);
  if (Number.isNaN(at)) return null;
  const late = at < now;
  const span = Math.abs(at - now);
  const [unit, size] =
    span >= 2 * DAY
      ? (['days', DAY] as const)
      : span >= HOUR
        ? (['hours', HOUR] as const)
        : (['minutes', MINUTE] as const);
  return { late, unit, value: Math.floor(span / size) };
}

export type Urgency = 'late' | 'soon' | 'calm' | 'none';

/** What colour a case has: late, soon (the server warned, or little time), or neither. */
export function urgency(
  row: { due_at: string | null; missed: boolean; warned: boolean },
  now: number,
): Urgency {
  if (row.due_at === null) return row.missed ? 'late' : 'none';
  if (row.missed || Date.parse(row.due_at) < now) return 'late';
  return row.warned ? 'soon' : 'calm';
}

export const URGENCY_COLOR: Record<Urgency, string> = {
  late: '#b91c1c',
  soon: '#b45309',
  calm: '#0f766e',
  none: '#475569',
};
