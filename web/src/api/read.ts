/** Reads answers whose form may grow, so that an older or newer server still gives a page. Pure. */
import type { Bbox, Collection, LegendEntry, LifeCircle, Measure, Place, Title } from './types';

type Loose = Record<string, unknown>;

const object = (value: unknown): Loose =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Loose) : {};

function readTitle(value: unknown, fallback: string): Title {
  const t = object(value);
  const zh = typeof t.zh === 'string' ? t.zh : undefined;
  const en = typeof t.en === 'string' ? t.en : undefined;
  return { zh: zh ?? en ?? fallback, en: en ?? zh ?? fallback };
}

function numbers(value: unknown, length: number): number[] | null {
  return Array.isArray(value) && value.length === length && value.every((v) => Number.isFinite(v))
    ? (value as number[])
    : null;
}

export function readPlace(value: unknown): Place {
  const v = object(value);
  const name = object(v.name);
  const counts = Object.entries(object(v.counts)).filter(([, n]) => typeof n === 'number');
  return {
    key: typeof v.key === 'string' ? v.key : '',
    name: name.zh || name.en ? readTitle(name, '') : null,
    centre: numbers(v.centre, 2) as [number, number] | null,
    zoom: typeof v.zoom === 'number' ? v.zoom : null,
    synthetic: v.synthetic === true,
    attribution: typeof v.attribution === 'string' ? v.attribution : null,
    bbox: numbers(v.bbox, 4) as Bbox | null,
    counts: Object.fromEntries(counts) as Record<string, number>,
    network: v.network !== false && v.network !== null,
  };
}

/** Bands and facilities in the measure that was asked for, so that nothing else need know it. */
export function readCircle(value: unknown, measure: Measure): LifeCircle {
  const circle = value as LifeCircle;
  const features = circle.features.map((f) => {
    const { minutes, metres, ...rest } = f.properties as unknown as Loose;
    const band = Number(measure === 'metres' ? metres : minutes);
    return { ...f, properties: { ...rest, band } as LifeCircle['features'][number]['properties'] };
  });
  const facilities = circle.facilities.map((s) => {
    const { walk_m, ...rest } = s as unknown as Loose;
    const reach = measure === 'metres' ? Number(walk_m) : s.walk_s / 60;
    return { ...rest, reach } as LifeCircle['facilities'][number];
  });
  return { ...circle, features, facilities };
}

export function readCollections(value: unknown): Collection[] {
  const list = object(value).collections;
  const all = Array.isArray(list) ? list.map(readCollection) : [];
  return all.sort((a, b) => a.order - b.order);
}

function readCollection(value: unknown): Collection {
  const v = object(value);
  const id = String(v.id ?? '');
  const schema = object(v.schema);
  return {
    id,
    titles: readTitle(v.titles, typeof v.title === 'string' ? v.title : id),
    group: typeof v.group === 'string' ? v.group : 'service',
    geometry: typeof v.geometry === 'string' ? v.geometry : 'any',
    order: typeof v.order === 'number' ? v.order : 0,
    visible: v.visible === true,
    legend: Array.isArray(v.legend) ? (v.legend as LegendEntry[]) : [],
    zoom: (numbers(v.zoom, 2) as [number, number] | null) ?? [0, 22],
    roles: object(v.roles) as Record<string, string | null>,
    properties: object(schema.properties) as Collection['properties'],
    count: typeof v.count === 'number' ? v.count : null,
  };
}
