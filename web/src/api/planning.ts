/** Questions of the planner: coverage, scores, siting, scenarios, missing links, parking, grid sizes. */
import { file, type Sent, send, url } from './client';
import type { AreaRef, Bbox, LonLat, Result } from './types';

/** What is counted. */
export interface Count {
  households: number;
  buildings: number;
}
/** `share` of the households; `null` where nobody lives. */
export interface Covered extends Count {
  share: number | null;
}
export type Band = { minutes: number } | { metres: number };
export type AreaLevel = 'grid' | 'community' | 'town';

export interface CoverageRow extends Count {
  area: AreaRef;
  bbox: Bbox;
  /** By band. */
  covered: Covered[];
}
export interface Coverage {
  bands: Band[];
  by: AreaLevel | 'whole';
  facilities: number;
  whole: Count & { covered: Covered[] };
  outside: Count & { covered: Covered[] };
  rows: CoverageRow[];
}

export interface Uncovered {
  id: number;
  lon: number;
  lat: number;
  name: string | null;
  code: string | null;
  households: number;
  /** To the nearest place; `null`: there is no walk. */
  walk_s: number | null;
  grid: AreaRef | null;
}
export interface UncoveredList {
  total: Count;
  offset: number;
  buildings: Uncovered[];
}

export interface CoverageHours {
  date: string;
  households: number;
  hours: { at: string; open: number; covered: Covered }[];
}

export interface PlaceRef {
  layer: string;
  id: number;
  name: string | null;
  lon: number;
  lat: number;
}
export interface Dependents {
  whole: { served: Count; alone: Count };
  facilities: (PlaceRef & { served: Count; alone: Count })[];
}

export interface CategoryScore {
  category: string;
  basic: boolean;
  facilities: number;
  /** Within each number of minutes, by households; the ground; and by the standard's radii. */
  covered: Covered[];
  ground: (number | null)[];
  line: Covered[];
}
export interface AreaScore extends Count {
  area: AreaRef;
  bbox: Bbox;
  minutes: number[];
  radii_m: number[];
  profiles: {
    profile: string;
    all_five: Count[];
    mean_of_five: (number | null)[];
    categories: CategoryScore[];
  }[];
}
export interface PointScore {
  lon: number;
  lat: number;
  profiles: {
    profile: string;
    basic_within: number[];
    categories: { category: string; basic: boolean; walk_s: number | null; line_m: number | null }[];
  }[];
}

export interface GridSize extends Count {
  area: AreaRef;
  bbox: Bbox;
  fit: 'under' | 'right' | 'over';
  /** Into how many it would be cut. */
  parts: number;
}
export interface GridSizes {
  target: number;
  least: number;
  most: number;
  under: number;
  right: number;
  over: number;
  rows: GridSize[];
}

export interface Supply {
  households: number;
  lots: number;
  lot_spaces: number;
  bays: number;
  /** Places whose size nobody has noted. */
  unknown: number;
  per_household: number | null;
}
export interface Parking {
  rows: (Supply & { area: AreaRef; bbox: Bbox })[];
  /** `null` where it is not the planner's own. */
  outside: Supply | null;
  roads: { road: string | null; bays: number; rows: number }[];
}

export type RunState = 'running' | 'done' | 'failed' | 'cancelled';
/** Long work, as it stands. */
export interface Run<T> {
  id: string;
  kind: 'siting' | 'missing-links';
  state: RunState;
  done: number;
  of: number;
  result: T | null;
  problem: { title?: string; detail?: string } | null;
}

export type Goal = 'cover' | 'cover_all' | 'shortest_walk';
export type Existing = 'keep' | 'move' | 'ignore';
export interface SitingQuestion {
  category: string;
  minutes?: number;
  metres?: number;
  profile?: string;
  scenario?: string;
  goal: Goal;
  places?: number;
  existing: Existing;
  candidates: { layer: string } | { spacing_m: number; in?: string } | { points: LonLat[] };
  weights: 'households' | 'buildings';
}
export interface Pick {
  n: number;
  lon: number;
  lat: number;
  of: { layer: string; id: number; name: string | null } | null;
  existing: boolean;
  adds: number;
}
export interface Siting {
  goal: Goal;
  /** All there is, in households or buildings. */
  weight: number;
  before: number;
  value: number;
  bound: number;
  /** How far below the proven bound at most, as a share of it. */
  gap: number;
  out_of_reach: number;
  unit: 'households' | 'buildings' | 'household_seconds';
  candidates: number;
  buildings: number;
  existing: PlaceRef[];
  picks: Pick[];
  /** One more than picks: what is reached before the first, after the first, and so on. */
  reached_after: number[];
}
export interface Marginal {
  picks: number;
  sites: { lon: number; lat: number; adds: number }[];
}

export interface LinksQuestion {
  category: string;
  minutes?: number;
  metres?: number;
  profile?: string;
  scenario?: string;
  longest_m: number;
  limit: number;
}
export interface MissingLink {
  n: number;
  from: LonLat;
  to: LonLat;
  length_m: number;
  /** The way round as it is; `null`: there is none. */
  round_s: number | null;
  gained: Count;
  crosses: string[];
  kind: 'path' | 'gate' | 'bridge';
}
export interface MissingLinks {
  links: MissingLink[];
}

export type Measure =
  | { do: 'add'; layer: string; geometry: GeoJSON.Geometry; properties: Record<string, unknown> }
  | { do: 'move'; layer: string; id: number; to: LonLat }
  | { do: 'close'; layer: string; id: number }
  | { do: 'close_street'; at: LonLat };

export interface ScenarioHead {
  id: string;
  name: string;
  description: string | null;
  version: number;
  owner: string;
  updated_at: string;
  adopted_at: string | null;
}
export interface Scenario extends ScenarioHead {
  measures: Measure[];
  /** A measure that can no longer be taken on today's map. */
  problem: { number: number; detail: string } | null;
}
export type ScenarioRow = ScenarioHead & { count: number };

export interface ComparisonRow {
  area: AreaRef;
  bbox: Bbox;
  gained: Count;
  lost: Count;
  before: Covered;
  after: Covered;
}
export interface Comparison {
  whole: { gained: Count; lost: Count; before: Covered; after: Covered; saved_s: number };
  outside: { gained: Count; lost: Count };
  rows: ComparisonRow[];
  buildings_changed: number;
}

export type Query = Record<string, string | number | boolean | undefined>;

const part = encodeURIComponent;
const within = (signal?: AbortSignal): Sent => (signal ? { signal } : {});
const get = <T>(path: string, query: Query, signal?: AbortSignal): Promise<Result<T>> =>
  send(`/planning/${path}`, { query, ...within(signal) });

export const coverage = (q: Query, signal?: AbortSignal): Promise<Result<Coverage>> =>
  get('coverage', q, signal);

export const uncovered = (q: Query, signal?: AbortSignal): Promise<Result<UncoveredList>> =>
  get('coverage/buildings', q, signal);

export const hours = (q: Query, signal?: AbortSignal): Promise<Result<CoverageHours>> =>
  get('coverage/hours', q, signal);

export const dependents = (q: Query, signal?: AbortSignal): Promise<Result<Dependents>> =>
  get('coverage/dependents', q, signal);

/** The address of the tiles, as the map asks for it. */
export const coverageTiles = (q: Query): string =>
  location.origin + url('/planning/coverage/tiles/{z}/{x}/{y}', q);

/** The areas of a layer, as the map asks for them. */
export const areaTiles = (layer: string): string => location.origin + url(`/tiles/${layer}/{z}/{x}/{y}`);

export const areaScore = (q: Query, signal?: AbortSignal): Promise<Result<AreaScore>> =>
  get('score', q, signal);

export const pointScore = (q: Query, signal?: AbortSignal): Promise<Result<PointScore>> =>
  get('score', q, signal);

export const gridSizes = (q: Query, signal?: AbortSignal): Promise<Result<GridSizes>> =>
  get('grid-size', q, signal);

export const parking = (q: Query, signal?: AbortSignal): Promise<Result<Parking>> =>
  get('parking', q, signal);

/** One of the answers as a table. */
export const csv = (path: string, q: Query): Promise<Result<Blob>> =>
  file(`/planning/${path}`, { query: { ...q, format: 'csv' }, accept: 'text/csv' });

export const beginSiting = (q: SitingQuestion): Promise<Result<Run<Siting>>> =>
  send('/planning/siting', { method: 'POST', body: q });

export const beginLinks = (q: LinksQuestion): Promise<Result<Run<MissingLinks>>> =>
  send('/planning/missing-links', { method: 'POST', body: q });

/** Answers when the run ends, or after so many seconds. */
export const run = <T>(id: string, wait_s: number, signal?: AbortSignal): Promise<Result<Run<T>>> =>
  get(`runs/${part(id)}`, { wait_s }, signal);

export const cancelRun = (id: string): Promise<Result<null>> =>
  send(`/planning/runs/${part(id)}`, { method: 'DELETE' });

export const marginal = (id: string, picks: number, signal?: AbortSignal): Promise<Result<Marginal>> =>
  get(`runs/${part(id)}/marginal`, { picks }, signal);

export const scenarios = (signal?: AbortSignal): Promise<Result<{ scenarios: ScenarioRow[] }>> =>
  get('scenarios', {}, signal);

export const scenario = (id: string, signal?: AbortSignal): Promise<Result<Scenario>> =>
  get(`scenarios/${part(id)}`, {}, signal);

export interface Draft {
  name: string;
  description?: string;
  measures: Measure[];
}

export const makeScenario = (draft: Draft): Promise<Result<Scenario>> =>
  send('/planning/scenarios', { method: 'POST', body: draft });

const tag = (s: ScenarioHead): string => `"${s.version}"`;

export const changeScenario = (s: ScenarioHead, draft: Draft): Promise<Result<Scenario>> =>
  send(`/planning/scenarios/${part(s.id)}`, { method: 'PUT', body: draft, ifMatch: tag(s) });

export const dropScenario = (s: ScenarioHead): Promise<Result<null>> =>
  send(`/planning/scenarios/${part(s.id)}`, { method: 'DELETE', ifMatch: tag(s) });

export const comparison = (id: string, q: Query, signal?: AbortSignal): Promise<Result<Comparison>> =>
  get(`scenarios/${part(id)}/comparison`, q, signal);

export interface Adopted {
  written: { layer: string; id: number }[];
  scenario: Scenario;
}

export const adopt = (s: ScenarioHead): Promise<Result<Adopted>> =>
  send(`/planning/scenarios/${part(s.id)}/adopt`, { method: 'POST', ifMatch: tag(s) });
