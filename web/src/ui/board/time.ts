/** Time left, in words and as a share. Pure: the clock is an argument. */
import type { Row } from '../../api/board';
import type { Lang } from '../../state/url';

const MINUTE = 60_000;

/** "3 天 4 小时", "19 小时", "2 小时 5 分钟", "40 分钟": as exact as one acts on. */
export function span(ms: number, lang: Lang): string {
  const m = Math.max(0, Math.floor(Math.abs(ms) / MINUTE));
  const [d, h, min] = [Math.floor(m / 1440), Math.floor(m / 60) % 24, m % 60];
  const zh = lang !== 'en';
  const part = (n: number, word: string, short: string) =>
    n > 0 ? (zh ? `${n}\u00a0${word}` : `${n}\u00a0${short}`) : '';
  const days = part(d, '天', 'd');
  const hours = part(h, '小时', 'h');
  const minutes = zh ? `${min}\u00a0分钟` : `${min}\u00a0min`;
  if (d > 0) return [days, hours].filter(Boolean).join(' ');
  if (h >= 10) return hours;
  if (h > 0) return min > 0 ? `${hours} ${minutes}` : hours;
  return min > 0 ? minutes : zh ? '不到 1 分钟' : 'under 1 min';
}

export type Urgency = 'over' | 'missed' | 'warned' | 'running' | 'still';

/** How a case stands with time. `still`: no limit runs, or it is put off; `over`: nothing left to do. */
export function urgency(
  row: Pick<Row, 'state' | 'suspended' | 'due_at' | 'missed' | 'warned'>,
  now: number,
): Urgency {
  if (row.state === 'closed' || row.state === 'void' || row.state === 'rejected') return 'over';
  if (row.suspended) return 'still';
  if (row.missed || (row.due_at !== null && Date.parse(row.due_at) <= now)) return 'missed';
  if (row.warned) return 'warned';
  return row.due_at === null ? 'still' : 'running';
}

/** Which share of the time from start to end has gone, 0 to 1; `null` where there is no end. */
export function gone(from: string, to: string | null, now: number): number | null {
  if (to === null) return null;
  const [start, end] = [Date.parse(from), Date.parse(to)];
  if (!Number.isFinite(start) || !Number.isFinite(end) || end <= start) return now >= end ? 1 : 0;
  return Math.min(1, Math.max(0, (now - start) / (end - start)));
}

/** Milliseconds until then; below zero when it has passed. */
export const left = (to: string, now: number): number => Date.parse(to) - now;
