/** Questions of the planner: coverage, scores, siting, scenarios, missing links, parking, grid sizes. */
import { file, type Sent, send, url } from './client';
import type { components } from './schema';
import type { Bbox, Full, LonLat, Result } from './types';

type Schemas = components['schemas'];
/** An answer about an area, and where that is. */
type Situated<T> = Omit<Full<T>, 'bbox'> & { bbox: Bbox };

export type CoverageRow = Situated<Schemas['PlanningCoverageRow']>;
export type Coverage = Omit<Full<Schemas['PlanningCoverage']>, 'rows'> & { rows: CoverageRow[] };
export type Uncovered = Full<Schemas['PlanningBuilding']>;
export type UncoveredList = Full<Schemas['PlanningBuildings']>;
export type CoverageHours = Full<Schemas['PlanningHours']>;
export type PlaceRef = Full<Schemas['PlanningFacility']>;
export type Dependents = Full<Schemas['PlanningDependents']>;
export type CategoryScore = Full<Schemas['PlanningCategoryScore']>;
export type AreaScore = Situated<Schemas['PlanningAreaScore']>;
export type PointScore = Full<Schemas['PlanningPointScore']>;
export type GridSize = Situated<Schemas['PlanningGridSize']>;
export type GridSizes = Omit<Full<Schemas['PlanningGridSizes']>, 'rows'> & { rows: GridSize[] };
export type ParkingRow = Situated<Schemas['PlanningParkingRow']>;
export type Parking = Omit<Full<Schemas['PlanningParking']>, 'rows'> & { rows: ParkingRow[] };

/** Long work, as it stands. */
export type Run<T> = Omit<Full<Schemas['PlanningRun']>, 'kind' | 'result' | 'problem'> & {
  kind: 'siting' | 'missing-links';
  result: T | null;
  problem: { title?: string; detail?: string } | null;
};
export type Goal = Schemas['PlanningGoal'];
export type Existing = Schemas['PlanningExisting'];
export type SitingQuestion = Schemas['PlanningSitingQuestion'];
export type Pick = Full<Schemas['PlanningPick']>;
export type Siting = Full<Schemas['PlanningSiting']>;
export type Marginal = Full<Schemas['PlanningMarginal']>;
export type LinksQuestion = Schemas['PlanningMissingQuestion'];
export type MissingLink = Omit<Full<Schemas['PlanningMissingLink']>, 'from' | 'to'> & {
  from: LonLat;
  to: LonLat;
};
export interface MissingLinks {
  links: MissingLink[];
}

/** As the document has it, but for what it calls only an object. */
export type Measure =
  | { do: 'add'; layer: string; geometry: GeoJSON.Geometry; properties: Record<string, unknown> }
  | { do: 'move'; layer: string; id: number; to: LonLat }
  | Extract<Schemas['Measure'], { do: 'close' }>
  | { do: 'close_street'; at: LonLat };

export type ScenarioHead = Full<Schemas['ScenarioHead']>;
/** `problem`: a measure (from 0) that can no longer be taken on the map of today. */
export type Scenario = Omit<Full<Schemas['Scenario']>, 'measures'> & { measures: Measure[] };
export type ComparisonRow = Situated<Schemas['ScenarioChangeRow']>;
export type Comparison = Omit<Full<Schemas['ScenarioComparison']>, 'rows'> & { rows: ComparisonRow[] };

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

export const scenarios = (signal?: AbortSignal): Promise<Result<{ scenarios: ScenarioHead[] }>> =>
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

export type Adopted = Omit<Full<Schemas['AdoptedScenario']>, 'scenario'> & { scenario: Scenario };

export const adopt = (s: ScenarioHead): Promise<Result<Adopted>> =>
  send(`/planning/scenarios/${part(s.id)}/adopt`, { method: 'POST', ifMatch: tag(s) });
