/** The measures of a scenario: in words, on the map. Pure. */
import type { Measure } from '../../api/planning';
import type { LonLat } from '../../api/types';
import type { PlanningWords } from '../../i18n/planning';
import { SITE } from '../../map/planning';
import { LINK } from '../../map/style';
import type { CaseSpot, Guest } from '../../state/guest';
import { box } from '../../state/inside';

/** What a measure is about, when it exists on the map already. */
export interface Placed {
  name: string | null;
  at: LonLat;
}
export type Places = Record<string, Placed>;

export const keyOf = (m: Measure): string | null => ('id' in m ? `${m.layer}/${m.id}` : null);

/** The kinds of measures, as tools and words name them. */
export type Kind = 'add' | 'move' | 'close' | 'path' | 'gate' | 'bridge' | 'close_street';

export const FOOTPATH = 'footpath';
const LINKS = ['path', 'gate', 'bridge'] as const;
export type LinkKind = (typeof LINKS)[number];

function kindOf(m: Measure): Kind {
  if (m.do !== 'add' || m.layer !== FOOTPATH) return m.do;
  return LINKS.find((kind) => kind === m.properties.kind) ?? 'path';
}

/** The middle of a shape. */
export function middle(geometry: GeoJSON.Geometry): LonLat | null {
  if (geometry.type === 'Point')
    return [geometry.coordinates[0] as number, geometry.coordinates[1] as number];
  if (geometry.type === 'GeometryCollection') return null;
  const flat = (geometry.coordinates as unknown[]).flat(Number.POSITIVE_INFINITY) as number[];
  const found = box(flat.flatMap((lon, i) => (i % 2 === 0 ? [[lon, flat[i + 1] as number]] : [])));
  return found ? [(found[0] + found[2]) / 2, (found[1] + found[3]) / 2] : null;
}

/** Where it is: of a move, where to. */
export function spotOf(m: Measure, places: Places): LonLat | null {
  if (m.do === 'add') return middle(m.geometry);
  if (m.do === 'move') return m.to;
  if (m.do === 'close_street') return m.at;
  return places[keyOf(m) ?? '']?.at ?? null;
}

export function told(m: Measure, places: Places, w: PlanningWords, kind: (layer: string) => string): string {
  const verb = w.whatif.kinds[kindOf(m)] ?? m.do;
  if (m.do === 'close_street') return verb;
  const name = m.do === 'add' ? m.properties.name : places[keyOf(m) ?? '']?.name;
  const what = typeof name === 'string' && name !== '' ? name : m.layer === FOOTPATH ? '' : kind(m.layer);
  return what ? w.whatif.measure(verb, what) : verb;
}

const MARKS: Record<Kind, { label: string; color: string }> = {
  add: { label: '+', color: SITE },
  move: { label: '→', color: '#1d4ed8' },
  close: { label: '×', color: '#b91c1c' },
  close_street: { label: '–', color: '#b91c1c' },
  path: { label: '+', color: LINK },
  gate: { label: '+', color: LINK },
  bridge: { label: '+', color: LINK },
};
export const markOf = (m: Measure): { label: string; color: string } => MARKS[kindOf(m)];

const line = (coordinates: GeoJSON.Position[], color: string): GeoJSON.Feature => ({
  type: 'Feature',
  properties: { color },
  geometry: { type: 'LineString', coordinates },
});

/** What the map shows of them; `number` counts from 0. */
export function marks(measures: Measure[], places: Places): Pick<Guest, 'cases' | 'shapes'> {
  const cases = measures.flatMap((m, i): CaseSpot[] => {
    const at = spotOf(m, places);
    const long = m.do === 'add' && m.geometry.type !== 'Point';
    return at && !long ? [{ at, number: String(i), chosen: false, ...markOf(m) }] : [];
  });
  const shapes = measures.flatMap((m): GeoJSON.Feature[] => {
    const { color } = markOf(m);
    if (m.do === 'add' && m.geometry.type === 'LineString') return [line(m.geometry.coordinates, color)];
    const from = m.do === 'move' ? places[keyOf(m) ?? '']?.at : undefined;
    return m.do === 'move' && from ? [line([[...from], [...m.to]], color)] : [];
  });
  return { cases, shapes };
}

/** How many of each kind, in the order of the words. */
export function counted(measures: Measure[], w: PlanningWords, join: string): string {
  const all = Object.entries(w.whatif.kinds).flatMap(([kind, name]) => {
    const n = measures.filter((m) => kindOf(m) === kind).length;
    return n > 0 ? [w.whatif.times(name, n)] : [];
  });
  return all.join(join);
}

/** The measures that a refusal names, counted from 0: `measures[3].geometry`. */
export const refused = (fields: { field: string }[]): Set<number> =>
  new Set(
    fields.flatMap(({ field }) => {
      const found = /^measures\[(\d+)\]/.exec(field);
      return found ? [Number(found[1])] : [];
    }),
  );
