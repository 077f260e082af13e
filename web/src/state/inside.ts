/** What a life circle holds, sorted for reading. Pure. */
import type { Category, LifeCircle, Spot } from '../api/types';

export interface Group {
  category: Category;
  /** Inside the chosen band, nearest first. */
  spots: Spot[];
  /** Number inside each band, smallest band first. */
  counts: { band: number; n: number }[];
}

/** A centre may be a clinic and a library at once; it is listed under both. */
const of = (s: Spot): string[] => s.categories;

/** One group a category, basic ones first, each in the catalogue's order; empty ones are left out. */
export function groups(circle: LifeCircle, categories: Category[], band: number): Group[] {
  const bands = circle.features.map((f) => f.properties).sort((a, b) => a.band - b.band);
  const known = new Map(categories.map((c) => [c.id, c]));
  const ids = [...categories.map((c) => c.id), ...circle.facilities.flatMap(of)];
  const all = [...new Set(ids)].map((id) => {
    const category = known.get(id) ?? {
      id,
      title: { zh: id, en: id },
      icon: 'marker',
      color: '#475569',
      basic: false,
    };
    return {
      category,
      spots: circle.facilities.filter((s) => of(s).includes(id) && s.reach <= band),
      counts: bands.map((b) => ({ band: b.band, n: b.counts[id] ?? 0 })),
    };
  });
  const filled = all.filter((g) => g.spots.length > 0 || (countIn(g, band) ?? 0) > 0);
  return [...filled.filter((g) => g.category.basic), ...filled.filter((g) => !g.category.basic)];
}

const countIn = (g: Group, band: number): number | undefined => g.counts.find((c) => c.band === band)?.n;

/** Categories with nothing inside the chosen band: for the widest band the server's own list. */
export function missing(circle: LifeCircle, categories: Category[], band: number): Category[] {
  const widest = Math.max(...circle.features.map((f) => f.properties.band));
  const counts = circle.features.find((f) => f.properties.band === band)?.properties.counts ?? {};
  const lacks = (c: Category) =>
    band === widest ? circle.missing.includes(c.id) : (counts[c.id] ?? 0) === 0;
  return categories.filter(lacks).sort((a, b) => Number(b.basic) - Number(a.basic));
}

/** West, south, east, north of the largest band. */
export function circleBox(circle: LifeCircle | null): [number, number, number, number] | null {
  const geometry = circle?.features[0]?.geometry;
  if (!geometry) return null;
  const rings = geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat();
  return box(rings.flat());
}

/** West, south, east, north of the points. */
export function box(points: GeoJSON.Position[]): [number, number, number, number] | null {
  if (points.length === 0) return null;
  const lon = points.map((p) => p[0] as number);
  const lat = points.map((p) => p[1] as number);
  const least = (list: number[]) => list.reduce((a, b) => Math.min(a, b));
  const most = (list: number[]) => list.reduce((a, b) => Math.max(a, b));
  return [least(lon), least(lat), most(lon), most(lat)];
}
