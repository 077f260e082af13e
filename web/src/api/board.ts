/** Questions of the dispatcher: the queue, one case with all that staff may know, deeds, figures. */
import { file, type Sent, send, url } from './client';
import type { components } from './schema';
import type { Bbox, Full, Result, Title } from './types';

type Schemas = components['schemas'];

export type State = Schemas['IssueState'];
export type Level = Schemas['IssueLevel'];
export type Stage = Schemas['IssueStage'];
export type Triage = Schemas['Triage'];
export type Need = 'reason' | 'photo' | 'time' | 'owner' | 'checked' | 'another_person';
export type Action = Schemas['IssueAction'];
export type Unit = Full<Schemas['IssueOwnerUnit']>;
/** A case as the list tells it. */
export type Row = Full<Schemas['IssueRow']>;

export type WorkerLoad = Full<Schemas['IssueWorkload']>;
export type Counts = Omit<Schemas['IssueBoard'], 'by_state' | 'workers'> & {
  by_state: Partial<Record<State, number>>;
  workers: WorkerLoad[];
};

export interface Spot {
  count: number;
  overdue: number;
  warned: number;
  number?: string;
  category?: string;
  state?: State;
}

export type Spots = GeoJSON.FeatureCollection<GeoJSON.Point, Spot>;

export type Because =
  | { kind: 'place'; unit: Unit }
  | { kind: 'rule'; rule: string; title: Title; unit: Unit | null }
  | { kind: 'category'; level: Level }
  | { kind: 'outside' }
  | { kind: 'near'; unit: Unit; metres: number }
  | { kind: 'stand_in'; absent: string; stand_in: string }
  | { kind: 'nobody'; unit: Unit };

export type Owner = Full<Schemas['IssueOwnerTold']>;

export type What = 'reported' | { did: Action } | { warned: Stage } | { missed: Stage };

/** One thing that happened. */
export type CaseEvent = Omit<Full<Schemas['IssueEvent']>, 'because' | 'owner' | 'what'> & {
  what: What;
  owner: Owner;
  because: Because[];
};

/** What staff may know of a case beside what its reporter sees. */
export type Staff = Omit<Full<Schemas['IssueStaff']>, 'events' | 'actions'> & {
  events: CaseEvent[];
  actions: { action: Action; needs: Need[] }[];
};

export type Case = Omit<Full<Schemas['Issue']>, 'staff'> & { staff?: Staff | null };

/** The filter as the server reads it. */
export type Asked = Record<string, string | number | boolean | undefined>;

const part = encodeURIComponent;
const within = (signal?: AbortSignal): Sent => (signal ? { signal } : {});

export const cases = (
  query: Asked,
  signal?: AbortSignal,
): Promise<Result<{ issues: Row[]; total: number }>> => send('/issues', { query, ...within(signal) });

export const counts = (query: Asked, signal?: AbortSignal): Promise<Result<Counts>> =>
  send('/issues/board', { query, ...within(signal) });

export const spots = (query: Asked, bbox: Bbox, zoom: number, signal?: AbortSignal): Promise<Result<Spots>> =>
  send('/issues/map', {
    query: { ...query, bbox: bbox.map((n) => n.toFixed(6)).join(','), zoom: Math.round(zoom) },
    ...within(signal),
  });

export const oneCase = (number: string, signal?: AbortSignal): Promise<Result<Case>> =>
  send(`/issues/${part(number)}`, within(signal));

export interface Deed {
  action: Action;
  note?: string;
  photos?: string[];
  until?: string;
  to?: { layer: string; code: string; worker?: string } | undefined;
  joined_to?: string;
  lon?: number;
  lat?: number;
  category?: string;
  answer?: boolean;
  /** The number of events that the caller saw. */
  seen?: number;
}

export const act = (number: string, deed: Deed): Promise<Result<Case>> =>
  send(`/issues/${part(number)}/events`, { method: 'POST', body: deed });

export interface Outcome {
  number: string;
  ok: boolean;
  problem?: { title?: string; detail?: string; status?: number } | null;
}

/** Most cases of one deed. */
export const MOST_AT_ONCE = 200;

export const actOnMany = (
  numbers: string[],
  deed: Pick<Deed, 'action' | 'note' | 'until' | 'to'>,
): Promise<Result<{ results: Outcome[] }>> =>
  send('/issues/events', { method: 'POST', body: { numbers, ...deed } });

export interface Absence {
  id: number;
  worker: string;
  from: string;
  to: string;
  stand_in: string | null;
}

export const absences = (signal?: AbortSignal): Promise<Result<{ absences: Absence[] }>> =>
  send('/issues/absences', within(signal));

export const addAbsence = (absence: {
  worker: string;
  from: string;
  to: string;
  stand_in?: string;
}): Promise<Result<Absence>> => send('/issues/absences', { method: 'POST', body: absence });

export const endAbsence = (id: number): Promise<Result<null>> =>
  send(`/issues/absences/${id}`, { method: 'DELETE' });

/** What the stream of one's own area tells. */
export interface Told {
  seq: number;
  number: string;
  what: 'reported' | 'warned' | 'missed' | 'left' | Action;
  /** `null`: it left the caller's sight. */
  row: Row | null;
}

export interface Hearer {
  told(news: Told): void;
  /** Some were missed. */
  lost(): void;
  opened(): void;
  broke(): void;
}

/** Listens to the cases; takes the stream up again by itself, also where the browser gives up. */
export function stream(hearer: Hearer): () => void {
  let source: EventSource;
  let again: ReturnType<typeof setTimeout> | undefined;
  const open = () => {
    source = new EventSource(url('/issues/stream'));
    source.addEventListener('open', hearer.opened);
    source.addEventListener('reset', hearer.lost);
    source.addEventListener('message', (event: MessageEvent<string>) => {
      try {
        hearer.told(JSON.parse(event.data) as Told);
      } catch {
        // Not about a case: a line of a newer server.
      }
    });
    source.addEventListener('error', () => {
      hearer.broke();
      if (source.readyState !== EventSource.CLOSED) return;
      // A refused answer ends an event source for good; what was said meanwhile is read anew.
      clearTimeout(again);
      again = setTimeout(() => {
        hearer.lost();
        open();
      }, 3000);
    });
  };
  open();
  return () => {
    clearTimeout(again);
    source.close();
  };
}

export type PeriodKind = 'day' | 'week' | 'month';
export type Grouping = 'grid' | 'community' | 'town' | 'group' | 'category' | 'worker' | 'source';

export interface Figures {
  reported: number;
  repeated: number;
  decided: number;
  decided_in_time: number;
  accepted: number;
  accepted_from_workers: number;
  due: number;
  closed: number;
  closed_in_time: number;
  overdue: number;
  checks: number;
  failed_checks: number;
  ended: number;
  ended_at_once: number;
}

export type RateKind =
  | 'accepted'
  | 'decided_in_time'
  | 'from_workers'
  | 'closed'
  | 'closed_in_time'
  | 'overdue'
  | 'rework'
  | 'repeated'
  | 'at_once';

export interface Rate {
  kind: RateKind;
  numerator: number;
  denominator: number;
  percent: number | null;
}

export interface Line {
  key: { id: string; name: string | null; title?: Title | null } | null;
  figures: Figures;
  rates: Rate[];
}

export interface Statistics {
  period: { kind: PeriodKind; first: string; end: string };
  by: Grouping;
  total: Omit<Line, 'key'>;
  rows: Line[];
  before: {
    period: { kind: PeriodKind; first: string; end: string };
    total: Omit<Line, 'key'>;
    comparison: { now: Rate; before: Rate; points: number | null }[];
  };
}

export interface StatisticsQuestion {
  period: PeriodKind;
  date: string;
  by: Grouping;
}

export const statistics = (q: StatisticsQuestion, signal?: AbortSignal): Promise<Result<Statistics>> =>
  send('/statistics', { query: { ...q }, ...within(signal) });

export const statisticsTable = (q: StatisticsQuestion): Promise<Result<Blob>> =>
  file('/statistics', { query: { ...q, f: 'csv' }, accept: 'text/csv' });
