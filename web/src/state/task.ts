/** What a case asks of whoever works on it. Pure. */
import type { Issue, IssueEvent, IssueRow, Offered, Owner } from '../api/issues';

/** What the worker's page offers; the rest is done at the desk. The first two are the usual ones. */
const WORKERS = ['start', 'finish', 'pass', 'fail', 'comment', 'escalate', 'return'] as const;
const USUAL = ['start', 'finish', 'pass'];

/** Whether it is the worker's turn: not while it is put off, being checked, or with the desk. */
export const isMine = (row: Pick<IssueRow, 'state' | 'suspended'>): boolean =>
  !row.suspended && (row.state === 'dispatched' || row.state === 'in_progress');

export interface Choice extends Offered {
  usual: boolean;
}

/** The actions in the order in which they are wanted; a case that nobody is at yet is begun first. */
export function choices(issue: Issue): Choice[] {
  const all = issue.staff?.actions ?? [];
  const mine = WORKERS.flatMap((name) => all.filter((a) => a.action === name));
  const first = mine.find((a) => USUAL.includes(a.action));
  return mine.map((a) => ({ ...a, usual: a === first }));
}

/** To whom the case can go with one tap: whose it may be as well. */
export function other(issue: Issue): Owner | null {
  const { staff } = issue;
  if (!staff?.co_owner?.unit || !staff.actions.some((a) => a.action === 'reassign')) return null;
  return staff.co_owner;
}

export const ownerName = (owner: Owner): string =>
  [owner.unit?.name ?? owner.unit?.code, owner.worker].filter(Boolean).join(' ');

/** The limit that matters now: of those that run, the one that ends first; the promise is the desk's. */
export function dueOf(issue: Issue | null): { at: string; stage: string } | null {
  const running = (issue?.staff?.watches ?? []).flatMap((w) =>
    w.due_at !== null && !w.paused && w.stage !== 'promise' ? [{ at: w.due_at, stage: w.stage }] : [],
  );
  running.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return running[0] ?? null;
}

/** What an event is about: an action, `reported`, `warned` or `missed`. */
export function whatOf(event: IssueEvent): string {
  if (typeof event.what === 'string') return event.what;
  if ('did' in event.what) return event.what.did;
  return 'warned' in event.what ? 'warned' : 'missed';
}
