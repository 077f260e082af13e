/** Siting as it is asked and told. Pure. */
import type { Measure, PlaceRef, Siting, SitingQuestion } from '../../api/planning';
import type { Collection, LonLat } from '../../api/types';
import type { PlanningWords } from '../../i18n/planning';
import { about, type Question } from './question';

export function asked(q: Question, drawn: LonLat[]): SitingQuestion {
  const streets = { spacing_m: q.spacing, ...(q.area ? { in: q.area } : {}) };
  const candidates =
    q.sites === 'streets'
      ? streets
      : q.sites === 'drawn'
        ? { points: drawn.map((at) => [...at]) }
        : { layer: q.sites };
  return {
    ...about(q),
    goal: q.goal,
    ...(q.goal === 'cover_all' ? {} : { places: q.places }),
    existing: q.existing,
    candidates,
    weights: q.weights,
  };
}

/** What was proven, in words. The distance is rounded up, so that it stays proven. */
export function proven(gap: number, w: PlanningWords): string {
  return gap <= 0 ? w.siting.optimum : w.siting.bound(`${(Math.ceil(gap * 1000 - 1e-9) / 10).toFixed(1)}%`);
}

/** A new place of a category, as a layer takes it: its own layer, or one of the points of interest. */
export function newPlace(
  category: string,
  collections: Pick<Collection, 'id' | 'geometry'>[],
  name: string,
): { layer: string; properties: Record<string, unknown> } {
  const own = collections.find((c) => c.id === category && c.geometry === 'point');
  return own ? { layer: own.id, properties: { name } } : { layer: 'poi', properties: { name, category } };
}

/** What it takes to build what was picked; existing places that were not picked again are closed. */
export function measuresOf(
  s: Pick<Siting, 'picks' | 'existing'>,
  moves: boolean,
  place: (n: number) => ReturnType<typeof newPlace>,
): Measure[] {
  const fresh = s.picks.filter((p) => !p.existing);
  const kept = new Set(s.picks.filter((p) => p.existing && p.of).map((p) => `${p.of?.layer}/${p.of?.id}`));
  const gone = (e: PlaceRef) => moves && !kept.has(`${e.layer}/${e.id}`);
  return [
    ...fresh.map(
      ({ lon, lat }, i): Measure => ({
        do: 'add',
        geometry: { type: 'Point', coordinates: [lon, lat] },
        ...place(i + 1),
      }),
    ),
    ...s.existing.filter(gone).map(({ layer, id }): Measure => ({ do: 'close', layer, id })),
  ];
}
