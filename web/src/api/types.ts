/** The words of the server's contract. `schema.d.ts` is checked against them in `contract.ts`. */

export type LonLat = readonly [lon: number, lat: number];

export interface Title {
  zh: string;
  en: string;
}

export type Bbox = [west: number, south: number, east: number, north: number];

export interface Place {
  key: string;
  name: Title | null;
  centre: [number, number] | null;
  zoom: number | null;
  synthetic: boolean;
  attribution: string | null;
  bbox: Bbox | null;
  counts: Record<string, number>;
  /** Is there a walking network? */
  network: boolean;
}

export interface LegendEntry {
  title: Title;
  symbol: string;
  color: string;
  outline?: string | null;
  icon?: string | null;
}

export interface Collection {
  id: string;
  titles: Title;
  group: string;
  geometry: string;
  order: number;
  visible: boolean;
  legend: LegendEntry[];
  zoom: [number, number];
  roles: Record<string, string | null>;
  /** JSON Schema of the properties; the page needs only the titles. */
  properties: Record<string, { 'x-title'?: Title; type?: string }>;
  count: number | null;
}

export interface Category {
  id: string;
  title: Title;
  icon: string;
  color: string;
  basic: boolean;
}

export interface Profile {
  id: string;
  title: Title;
  speed_m_s: number;
  steps: boolean;
}

export type Direction = 'from' | 'to';

export interface AreaRef {
  layer: string;
  id: number;
  code: string | null;
  name: string | null;
}

export interface Worker {
  name: string;
  role: string;
}

export interface Location {
  lon: number;
  lat: number;
  areas: AreaRef[];
  zones: AreaRef[];
  border_m: number | null;
  neighbours: AreaRef[];
  workers: Worker[];
}

export interface Spot {
  layer: string;
  id: number;
  name: string | null;
  /** The first of `categories`. */
  category: string | null;
  categories?: string[];
  lon: number;
  lat: number;
  /** Walking time in whole seconds. */
  walk_s: number;
}

export interface BandProperties {
  minutes: number;
  area_m2: number;
  households: number;
  counts: Record<string, number>;
}

export type Band = GeoJSON.Feature<GeoJSON.MultiPolygon | GeoJSON.Polygon, BandProperties>;

export interface LifeCircle {
  type: 'FeatureCollection';
  /** Largest first. */
  features: Band[];
  origin: { lon: number; lat: number; snap_m: number };
  profile: string;
  direction: Direction;
  facilities: Spot[];
  missing: string[];
  network: { nodes: number; edges: number; source: string; built_at?: string | null } | null;
  /** The circle touches the end of the known streets: there may be more beyond. */
  edge_of_data?: boolean;
}

export interface Near extends Omit<Spot, 'walk_s'> {
  code: string | null;
  /** `null` when the answer is by straight line only. */
  walk_s: number | null;
  distance_m: number | null;
  line_m: number;
  open: boolean | null;
  services: string[];
}

export interface Nearest {
  lon: number;
  lat: number;
  by: 'walk' | 'line';
  profile: string;
  results: Near[];
}

export interface Step {
  name: string | null;
  /** How the step begins: `depart`, `straight`, `left` … */
  kind: string;
  /** What is walked on: `street`, `stairs`, `off_network`. */
  ground: string;
  distance_m: number;
  walk_s: number;
  lon: number;
  lat: number;
}

export type Route = GeoJSON.Feature<
  GeoJSON.LineString,
  { walk_s: number; distance_m: number; steps: Step[] }
>;

export interface SearchHit {
  layer: string;
  id: number;
  code: string | null;
  name: string | null;
  lon: number;
  lat: number;
  bbox: Bbox | null;
}

export type Item = GeoJSON.Feature<GeoJSON.Geometry, Record<string, unknown>>;

export interface Change {
  seq: number;
  layer: string;
  id: number | null;
  op: string;
  bbox: Bbox | null;
}

/** Why an answer did not come, in terms the page can explain. */
export type Failure =
  | { kind: 'offline' }
  | { kind: 'outside-network'; distance: number | null }
  | { kind: 'no-network' }
  | { kind: 'loading' }
  | { kind: 'no-route' }
  | { kind: 'not-found' }
  | { kind: 'refused'; detail: string }
  | { kind: 'server' };

export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };
