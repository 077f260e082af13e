/** The words of the server's contract, as the page uses them. What the document of the server describes
 *  comes from `schema.d.ts`, which `npm run schema` writes; a browser test checks that it is current. */
import type { components } from './schema';

type Schemas = components['schemas'];

/** The server writes every member, `null` when it does not know; the document calls those optional. */
export type Full<T> = T extends (infer U)[]
  ? Full<U>[]
  : T extends object
    ? { [K in keyof T]-?: Full<T[K]> }
    : T;

export type LonLat = readonly [lon: number, lat: number];

export type Bbox = [west: number, south: number, east: number, north: number];

export type Title = Full<Schemas['Title']>;
export type LegendEntry = Schemas['LegendEntry'];
export type Category = Full<Schemas['Category']>;
export type Profile = Full<Schemas['Profile']>;
export type AreaRef = Full<Schemas['AreaRef']>;
export type Location = Full<Schemas['Located']>;
/** By what a circle is drawn: walking time, or metres of way. */
export type Measure = 'minutes' | 'metres';

/** `reach` is the walk in the circle's own measure: inside a band when it is no more than that. */
export type Spot = Omit<Full<Schemas['ReachedFacility']>, 'walk_m'> & { reach: number };
export type Near = Full<Schemas['Near']>;
export type Nearest = Full<Schemas['Nearest']>;
/** `band` is its minutes or metres. */
export type BandProperties = Omit<Full<Schemas['BandProperties']>, 'minutes' | 'metres'> & {
  band: number;
};

export type Streets = GeoJSON.FeatureCollection<GeoJSON.LineString, Full<Schemas['ReachedStreetProperties']>>;

export type Reason = Schemas['Reason'];
export type Remedy = Schemas['Remedy'];
export type Explanation = Omit<Full<Schemas['Explanation']>, 'route' | 'reasons' | 'remedies'> & {
  route: GeoJSON.Feature<GeoJSON.LineString> | null;
  reasons: Reason[];
  remedies: Remedy[];
};
export type SearchHit = Omit<Full<Schemas['SearchHit']>, 'bbox'> & { bbox: Bbox };
export type Change = Full<Schemas['ChangeBody']>;
export type Route = GeoJSON.Feature<GeoJSON.LineString, Full<Schemas['WalkProperties']>>;

/** Bands are largest first. */
export type LifeCircle = Omit<Full<Schemas['LifeCircle']>, 'type' | 'features' | 'network' | 'facilities'> & {
  type: 'FeatureCollection';
  features: Band[];
  facilities: Spot[];
  network: Full<Schemas['Network']> | null;
};

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

export type Direction = 'from' | 'to';

export type Band = GeoJSON.Feature<GeoJSON.MultiPolygon | GeoJSON.Polygon, BandProperties>;

export type Item = GeoJSON.Feature<GeoJSON.Geometry, Record<string, unknown>>;

/** Why an answer did not come, in terms the page can explain. */
export type Failure =
  | { kind: 'offline' }
  | { kind: 'outside-network'; distance: number | null }
  | { kind: 'no-network' }
  | { kind: 'loading' }
  | { kind: 'no-route' }
  | { kind: 'not-found' }
  | { kind: 'not-logged-in' }
  | { kind: 'wrong-credentials' }
  /** The role, or its area, does not allow it. */
  | { kind: 'forbidden'; outside: boolean }
  | { kind: 'conflict'; detail: string }
  /** Too much was asked; after `seconds` it may be asked again. */
  | { kind: 'throttled'; seconds: number }
  | { kind: 'refused'; detail: string; fields: FieldFault[] }
  | { kind: 'no-database' }
  | { kind: 'server' };

export interface FieldFault {
  field: string;
  detail: string;
}

export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };

export type Role = Schemas['Role'];
/** `area` is `null` where the role holds everywhere. */
export type Grant = Full<Schemas['Grant']>;
/** Who is logged in. */
export type Me = Full<Schemas['Me']>;
export type Session = Full<Schemas['SessionBody']>;
export type OneSession = Full<Schemas['OneSession']>;
export type Scope = 'read' | 'write';
export type Token = Full<Schemas['Token']>;
/** The only answer that holds the secret. */
export type FreshToken = Full<Schemas['FreshToken']>;
export type User = Full<Schemas['User']>;
export type AuditEntry = Omit<Full<Schemas['AuditEntry']>, 'before' | 'after'> & {
  before: unknown;
  after: unknown;
};
