/** Reporting something, following it, and working on it. */
import { base, type Sent, send, url } from './client';
import type { components } from './schema';
import type { Full, Item, LonLat, Result } from './types';

type Schemas = components['schemas'];

export type IssueCategory = Schemas['IssueCategory'];
export type IssueGroup = Schemas['IssueCategoryGroup'];
export type IssueCategories = Schemas['IssueCategories'];
export type IssueState = Schemas['IssueState'];
export type Duplicate = Full<Schemas['DuplicateBody']>;
export type NewIssue = Schemas['IssueReport'];
/** The only answer that holds the key of the private link. */
export type MadeIssue = Full<Schemas['IssueMade']>;
export type Owner = Full<Schemas['IssueOwnerTold']>;
export type IssueEvent = Full<Omit<Schemas['IssueEvent'], 'what'>> & { what: Schemas['IssueEventKind'] };
export type Offered = Schemas['IssueActionNow'];
/** What only those see who work on it. */
export type Staff = Full<Omit<Schemas['IssueStaff'], 'events'>> & { events: IssueEvent[] };
export type IssueStep = Full<Schemas['IssueStep']>;
export type IssuePhoto = Full<Schemas['IssuePhoto']>;
export type Issue = Full<Omit<Schemas['Issue'], 'staff'>> & { staff?: Staff | null };
export type IssueRow = Full<Schemas['IssueRow']>;
/** `walk_s` is `null` when it cannot be walked to. */
export type Task = Full<Schemas['IssueTask']>;
export type Deed = Schemas['IssueAct'];
export type Numbers = Full<Schemas['IssueBoard']>;
/** `row` is `null` when it left the reader's sight. */
export type IssueNews = Omit<Full<Schemas['IssueChange']>, 'row'> & { row: IssueRow | null };

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
