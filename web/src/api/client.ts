/** The only place that talks to the server. Every answer is a value; nothing here throws, except
 *  that an aborted question never answers. */

import { readCircle, readCollections, readPlace } from './read';
import type {
  Category,
  Change,
  Collection,
  Direction,
  Explanation,
  Failure,
  FieldFault,
  Item,
  LifeCircle,
  Location,
  LonLat,
  Measure,
  Nearest,
  Place,
  Profile,
  Result,
  Route,
  SearchHit,
  Streets,
} from './types';

/** Below the path that the service is under, as the server tells in the page. */
const UNDER = document.querySelector<HTMLMetaElement>('meta[name=base]')?.content ?? './';
export const base = new URL(`${UNDER}api`, document.baseURI).pathname;

type Query = Record<string, string | number | boolean | undefined>;

export function url(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) params.set(key, String(value));
  const text = params.toString().replaceAll('%2C', ',');
  return `${base}${path}${text ? `?${text}` : ''}`;
}

/** Turns a problem+json answer into what the page can explain. `wait`: the seconds of `Retry-After`. */
export function failureOf(status: number, body: unknown, wait?: number): Failure {
  const problem = (body ?? {}) as Record<string, unknown>;
  const type = typeof problem.type === 'string' ? (problem.type.split(/[#/]/).at(-1) ?? '') : '';
  if (type === 'outside-network') {
    const metres = problem.distance_m ?? problem.distance;
    return { kind: 'outside-network', distance: typeof metres === 'number' ? metres : null };
  }
  if (type === 'no-network') return { kind: 'no-network' };
  if (type === 'loading') return { kind: 'loading' };
  if (type === 'no-route') return { kind: 'no-route' };
  if (type === 'wrong-credentials') return { kind: 'wrong-credentials' };
  if (type === 'no-database') return { kind: 'no-database' };
  const detail = String(problem.detail ?? problem.title ?? '');
  if (status === 401) return { kind: 'not-logged-in' };
  if (status === 403) return { kind: 'forbidden', outside: type === 'outside-area' };
  if (status === 404) return { kind: 'not-found' };
  if (status === 409 || status === 412) return { kind: 'conflict', detail };
  if (status === 429) return { kind: 'throttled', seconds: Math.max(1, wait ?? 1) };
  if (status >= 500) return { kind: 'server' };
  const fields = faults(problem);
  const told = fields.map((e) => [e.field, e.detail].filter(Boolean).join(': '));
  return { kind: 'refused', detail: told.length > 0 ? told.join('; ') : detail, fields };
}

function faults(problem: Record<string, unknown>): FieldFault[] {
  const errors = Array.isArray(problem.errors) ? (problem.errors as Partial<FieldFault>[]) : [];
  return errors
    .map((e) => ({ field: e.field ?? '', detail: e.detail ?? '' }))
    .filter((e) => e.field !== '' || e.detail !== '');
}

/** What is told when the server does not know the caller (any more). */
let unknown: () => void = () => {};

export function whenUnknown(told: () => void): void {
  unknown = told;
}

export interface Sent {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query?: Query;
  body?: unknown;
  accept?: string;
  /** The version that is to be changed. */
  ifMatch?: string;
  signal?: AbortSignal;
}

/** Asks the server; a failure is told in terms the page can explain. */
async function request(path: string, sent: Sent): Promise<Result<Response>> {
  const {
    method = 'GET',
    query = {},
    body,
    accept = 'application/geo+json, application/json',
    ifMatch,
    signal,
  } = sent;
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const match = ifMatch === undefined ? {} : { 'if-match': ifMatch };
  let response: Response;
  try {
    response = await fetch(url(path, query), {
      method,
      headers: { accept, ...json, ...match },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch {
    return { ok: false, failure: { kind: 'offline' } };
  }
  if (response.ok) return { ok: true, value: response };
  const problem: unknown = await response.json().catch(() => null);
  const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
  const failure = failureOf(response.status, problem, Number.isFinite(wait) ? wait : undefined);
  if (failure.kind === 'not-logged-in') unknown();
  return { ok: false, failure };
}

/** Asks the server and reads the JSON of its answer; `null` where there is none to be. */
export async function send<T>(path: string, sent: Sent = {}): Promise<Result<T>> {
  const answer = await request(path, sent);
  if (!answer.ok) return answer;
  if (answer.value.status === 204) return { ok: true, value: null as T };
  try {
    return { ok: true, value: (await answer.value.json()) as T };
  } catch {
    return { ok: false, failure: { kind: 'server' } };
  }
}

/** Asks for a file. */
export async function file(path: string, sent: Sent): Promise<Result<Blob>> {
  const answer = await request(path, sent);
  if (!answer.ok) return answer;
  const read = await answer.value.blob().catch(() => null);
  return read ? { ok: true, value: read } : { ok: false, failure: { kind: 'offline' } };
}

const get = <T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Result<T>> =>
  send(path, { query, ...(signal ? { signal } : {}) });

function mapped<A, B>(result: Result<A>, change: (value: A) => B): Result<B> {
  return result.ok ? { ok: true, value: change(result.value) } : result;
}

const point = (at: LonLat): string => `${at[0].toFixed(6)},${at[1].toFixed(6)}`;
const where = (at: LonLat) => ({ lon: at[0].toFixed(6), lat: at[1].toFixed(6) });

export async function place(): Promise<Result<Place>> {
  return mapped(await get<unknown>('/place'), readPlace);
}

export async function collections(): Promise<Result<Collection[]>> {
  return mapped(await get<unknown>('/collections'), readCollections);
}

export async function categories(): Promise<Result<Category[]>> {
  return mapped(await get<Category[] | { categories: Category[] }>('/categories'), (v) =>
    Array.isArray(v) ? v : v.categories,
  );
}

export async function profiles(): Promise<Result<Profile[]>> {
  return mapped(await get<Profile[] | { profiles: Profile[] }>('/profiles'), (v) =>
    Array.isArray(v) ? v : v.profiles,
  );
}

export const style = (lang: string): Promise<Result<Record<string, unknown>>> => get('/style', { lang });

export const locate = (at: LonLat, signal?: AbortSignal): Promise<Result<Location>> =>
  get('/locate', where(at), signal);

export interface CircleQuestion {
  at: LonLat;
  measure: Measure;
  bands: readonly number[];
  profile: string;
  direction: Direction;
}

const circleQuery = (q: CircleQuestion): Query => ({
  ...where(q.at),
  [q.measure]: q.bands.join(','),
  profile: q.profile,
  direction: q.direction,
});

export async function lifeCircle(q: CircleQuestion, signal?: AbortSignal): Promise<Result<LifeCircle>> {
  return mapped(await get<unknown>('/life-circle', circleQuery(q), signal), (v) => readCircle(v, q.measure));
}

/** The streets of the circle themselves. */
export const streets = (q: CircleQuestion, signal?: AbortSignal): Promise<Result<Streets>> =>
  get('/life-circle', { ...circleQuery(q), format: 'edges' }, signal);

/** Why a place is inside or outside the circle of one band. */
export const explain = (q: CircleQuestion, to: LonLat, signal?: AbortSignal): Promise<Result<Explanation>> =>
  get('/life-circle/explain', { ...circleQuery(q), to: point(to) }, signal);

/** The nearest place of a category in a straight line, whether it can be walked to or not. */
export const nearestByLine = (at: LonLat, category: string, signal?: AbortSignal): Promise<Result<Nearest>> =>
  get('/nearest', { ...where(at), category, by: 'line', limit: 1 }, signal);

export interface NearestQuestion {
  at: LonLat;
  wanted: { category: string } | { layer: string };
  openNow: boolean;
  service?: string | undefined;
  profile: string;
  limit: number;
}

export const nearest = (q: NearestQuestion, signal?: AbortSignal): Promise<Result<Nearest>> =>
  get(
    '/nearest',
    {
      ...where(q.at),
      ...q.wanted,
      limit: q.limit,
      by: 'walk',
      max_minutes: 45,
      open_at: q.openNow ? 'now' : undefined,
      service: q.service || undefined,
      profile: q.profile,
    },
    signal,
  );

export const walk = (
  from: LonLat,
  to: LonLat,
  profile: string,
  lang: string,
  signal?: AbortSignal,
): Promise<Result<Route>> => get('/walk', { from: point(from), to: point(to), profile, lang }, signal);

export async function search(
  text: string,
  near: LonLat | null,
  signal?: AbortSignal,
  limit = 10,
): Promise<Result<SearchHit[]>> {
  const query = { q: text, limit, near: near ? point(near) : undefined };
  return mapped(await get<{ results: SearchHit[] }>('/search', query, signal), (v) => v.results);
}

export const item = (layer: string, id: number, signal?: AbortSignal): Promise<Result<Item>> =>
  get(`/collections/${encodeURIComponent(layer)}/items/${id}`, {}, signal);

export interface Listener {
  /** For every change the server logs. */
  heard(change: Change): void;
  /** Some were missed. */
  lost(): void;
  /** The stream broke off; the browser takes it up again by itself. */
  broke(): void;
}

export function changes({ heard, lost, broke }: Listener): () => void {
  const stream = new EventSource(`${base}/changes`);
  const onEvent = (event: MessageEvent<string>) => {
    try {
      heard(JSON.parse(event.data) as Change);
    } catch {
      // A line that is not a change (a comment of a newer server) concerns nobody here.
    }
  };
  stream.addEventListener('message', onEvent);
  stream.addEventListener('reset', lost);
  stream.addEventListener('error', broke);
  return () => stream.close();
}
