/** Reporting something, following it, and working on it. */
import { base, type Sent, send, url } from './client';
import type { Item, LonLat, Result, Title } from './types';

export interface Limit {
  value: number;
  unit: string;
}

export interface IssueCategory {
  id: string;
  title: Title;
  /** Nobody but those who work on it ever sees it. */
  restricted?: boolean;
  /** Finished only with a photo. */
  photo?: boolean;
  units?: string[];
  solve: Limit;
}

export interface IssueGroup {
  id: string;
  title: Title;
  categories: IssueCategory[];
}

export interface IssueCategories {
  promise: Limit;
  units: { id: string; title: Title }[];
  groups: IssueGroup[];
}

export type IssueState =
  | 'reported'
  | 'accepted'
  | 'rejected'
  | 'dispatched'
  | 'in_progress'
  | 'done'
  | 'closed'
  | 'void';

export type IssueLevel = 'grid' | 'community' | 'town' | 'district';

export interface AreaName {
  code: string;
  name: string | null;
}

export interface Duplicate {
  number: string;
  distance_m: number;
  state: IssueState;
  reported_at: string;
}

export interface NewIssue {
  category: string;
  description: string;
  lon: number;
  lat: number;
  accuracy_m?: number;
  address?: string;
  quantity?: number;
  unit?: string;
  reporter?: { name?: string; phone?: string };
  /** Base64, without the prefix of a data address. */
  photos?: string[];
  /** The case that this one repeats. */
  join?: string;
}

export interface MadeIssue {
  number: string;
  key: string;
  state: IssueState;
  grid: AreaName | null;
  community: AreaName | null;
  assignee: string | null;
  level: IssueLevel;
  due_at: string | null;
  promised_at: string | null;
}

export interface Owner {
  level: IssueLevel;
  unit: { layer: string; code: string; name: string | null } | null;
  worker: string | null;
}

export interface IssueEvent {
  number: number;
  at: string;
  /** `reported`, or what somebody did, or a limit. */
  what: string | { did: string } | { warned: string } | { missed: string };
  who: string;
  name: string | null;
  note: string | null;
}

/** Whom a case can be handed to. */
export type HandTo = Owner;

export interface Offered {
  action: string;
  needs: string[];
}

/** What only those see who work on it. */
export interface Staff {
  owner: Owner;
  co_owner: Owner | null;
  triage: string;
  source: string;
  accuracy_m: number | null;
  events: IssueEvent[];
  watches: {
    stage: string;
    started_at: string;
    due_at: string | null;
    warned: boolean;
    missed: boolean;
    paused: boolean;
  }[];
  reporter: { name: string | null; phone: string | null } | null;
  actions: Offered[];
  duplicates: Duplicate[];
  hand_to: HandTo[];
}

export interface IssueStep {
  at: string;
  zh: string;
  en: string;
  by_me: boolean;
}

export interface IssuePhoto {
  id: number;
  at: string;
  by: 'reporter' | 'staff';
}

export interface Issue {
  number: string;
  category: string;
  group: string;
  state: IssueState;
  suspended: boolean;
  restricted: boolean;
  description: string;
  address: string | null;
  quantity: number | null;
  unit: string | null;
  lon: number;
  lat: number;
  grid: AreaName | null;
  community: AreaName | null;
  level: IssueLevel;
  reported_at: string;
  promised_at: string | null;
  closed_at: string | null;
  outcome: string | null;
  rating: number | null;
  joined_to: string | null;
  steps: IssueStep[];
  photos: IssuePhoto[];
  may: string[];
  may_rate: boolean;
  staff?: Staff | null;
}

export interface IssueRow {
  number: string;
  category: string;
  state: IssueState;
  suspended: boolean;
  restricted: boolean;
  lon: number;
  lat: number;
  address: string | null;
  description: string;
  level: IssueLevel;
  assignee: string | null;
  grid: AreaName | null;
  reported_at: string;
  due_at: string | null;
  promised_at: string | null;
  warned: boolean;
  missed: boolean;
  photos: number;
  events: number;
  updated_at: string;
}

export interface Task extends IssueRow {
  /** `null` when it cannot be walked to. */
  walk_s: number | null;
  distance_m: number | null;
}

export interface Deed {
  action: string;
  note?: string;
  photos?: string[];
  until?: string;
  to?: { layer: string; code: string; worker?: string };
  rating?: number;
  /** The note is meant for the reporter. */
  answer?: boolean;
  /** How many events the reader had seen. */
  seen?: number;
}

const part = encodeURIComponent;
const within = (signal?: AbortSignal): Sent => (signal ? { signal } : {});
const where = (at: LonLat) => ({ lon: at[0].toFixed(7), lat: at[1].toFixed(7) });
const by = (key: string | null) => ({ key: key ?? undefined });

export const issueCategories = (signal?: AbortSignal): Promise<Result<IssueCategories>> =>
  send('/issues/categories', within(signal));

export const duplicates = (
  at: LonLat,
  category: string,
  signal?: AbortSignal,
): Promise<Result<{ duplicates: Duplicate[] }>> =>
  send('/issues/duplicates', { query: { ...where(at), category }, ...within(signal) });

export const reportIssue = (issue: NewIssue): Promise<Result<MadeIssue>> =>
  send('/issues', { method: 'POST', body: issue });

export const issue = (number: string, key: string | null, signal?: AbortSignal): Promise<Result<Issue>> =>
  send(`/issues/${part(number)}`, { query: by(key), ...within(signal) });

export const photoUrl = (number: string, id: number, key: string | null): string =>
  url(`/issues/${part(number)}/photos/${id}`, by(key));

/** Does something with a case; the answer is the case as it stands then. */
export const act = (number: string, key: string | null, deed: Deed): Promise<Result<Issue>> =>
  send(`/issues/${part(number)}/events`, { method: 'POST', query: by(key), body: deed });

export const tasks = (
  at: LonLat | null,
  profile: string,
  signal?: AbortSignal,
): Promise<Result<{ tasks: Task[] }>> =>
  send('/issues/tasks', { query: { ...(at ? where(at) : {}), profile }, ...within(signal) });

export interface Numbers {
  open: number;
  overdue: number;
  warned: number;
  due_today: number;
}

/** How many cases of a grid are open, and how they stand. */
export const numbersOf = (grid: string, signal?: AbortSignal): Promise<Result<Numbers>> =>
  send('/issues/board', { query: { grid }, ...within(signal) });

/** The boundary of an area, by its code. */
export async function areaShape(layer: string, code: string, signal?: AbortSignal): Promise<Item | null> {
  const answer = await send<{ features: Item[] }>(`/collections/${part(layer)}/items`, {
    query: { code, limit: 1 },
    ...within(signal),
  });
  return answer.ok ? (answer.value.features[0] ?? null) : null;
}

export interface IssueNews {
  seq: number;
  number: string;
  what: string;
  /** `null`: it left the reader's sight. */
  row: IssueRow | null;
}

/** Everything that happens to cases in the reader's area, as it happens. */
export function issueStream(told: {
  heard(news: IssueNews): void;
  lost(): void;
  broke(): void;
  began(): void;
}): () => void {
  const stream = new EventSource(`${base}/issues/stream`);
  stream.addEventListener('message', (event: MessageEvent<string>) => {
    try {
      told.heard(JSON.parse(event.data) as IssueNews);
    } catch {
      // Not an event of this version: it concerns nobody here.
    }
  });
  stream.addEventListener('reset', told.lost);
  stream.addEventListener('error', told.broke);
  stream.addEventListener('open', told.began);
  return () => stream.close();
}
