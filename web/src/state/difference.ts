/** What was changed between two values of the audit, as lines a person reads. Pure. */

export interface Line {
  /** Where it stands, e.g. `properties.name`; empty for the value itself. */
  path: string;
  before: unknown;
  after: unknown;
  kind: 'added' | 'removed' | 'changed';
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** A shape on the map is one thing, however many numbers it has. */
export const isShape = (value: unknown): value is GeoJSON.Geometry =>
  isObject(value) && typeof value.type === 'string' && ('coordinates' in value || 'geometries' in value);

const absent = (value: unknown): boolean => value === undefined || value === null;

function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((v, i) => same(v, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((k) => same(a[k], b[k]));
}

/** Members that are the same are left out; what was not there before, or is not any more, is named. */
export function difference(before: unknown, after: unknown, path = ''): Line[] {
  if (absent(before) && absent(after)) return [];
  const opened = (v: unknown) => absent(v) || (isObject(v) && !isShape(v));
  if (opened(before) && opened(after)) {
    const [old, fresh] = [before ?? {}, after ?? {}] as Record<string, unknown>[];
    const keys = [...new Set([...Object.keys(old ?? {}), ...Object.keys(fresh ?? {})])];
    return keys.flatMap((key) => difference(old?.[key], fresh?.[key], path ? `${path}.${key}` : key));
  }
  if (same(before, after)) return [];
  const kind = absent(before) ? 'added' : absent(after) ? 'removed' : 'changed';
  return [{ path, before, after, kind }];
}

/** How many positions a shape has. */
export function positions(shape: GeoJSON.Geometry): number {
  if (shape.type === 'GeometryCollection') return shape.geometries.reduce((n, g) => n + positions(g), 0);
  const count = (value: unknown): number =>
    Array.isArray(value) ? (typeof value[0] === 'number' ? 1 : value.reduce((n, v) => n + count(v), 0)) : 0;
  return count(shape.coordinates);
}
