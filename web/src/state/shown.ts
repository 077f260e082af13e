/** Which facilities carry a badge on the map: those inside the chosen band, or the ones that the
 *  "nearest" tab found. Pure. */
import type { Category, Collection, LifeCircle, Near, Nearest, Spot } from '../api/types';
import type { Spots } from '../map/view';
import type { Tab } from './url';

interface Known {
  tab: Tab;
  band: number;
  category(id: string): Category | undefined;
  collection(id: string): Collection | undefined;
}

export function shownSpots(circle: LifeCircle | null, near: Nearest | null, known: Known): Spots['features'] {
  const spots: (Spot | Near)[] =
    known.tab === 'nearest'
      ? (near?.results ?? [])
      : (circle?.facilities ?? []).filter((s) => s.reach <= known.band);
  return spots.map((s, rank) => {
    const category = known.category(s.category ?? '');
    const legend = known.collection(s.layer)?.legend[0];
    const color = category?.color ?? legend?.color ?? '#475569';
    const icon = category?.icon ?? legend?.icon ?? 'marker';
    const badge = `${icon === 'parking' ? 'sign' : 'badge'}:${icon}:${color}`;
    const size = s.category === 'parking' ? 0.8 : 1.05;
    const weight = rank + WEIGHT * heaviness(s.category, category);
    return {
      at: [s.lon, s.lat],
      layer: s.layer,
      id: s.id,
      name: s.name ?? '',
      color,
      badge,
      size,
      rank: weight,
    };
  });
}

/** More than there can be facilities in one answer. */
const WEIGHT = 100_000;

/** Where badges crowd, the few that matter most stay: a street has many bays, but one clinic. */
function heaviness(id: string | null, category: Category | undefined): number {
  if (id === 'parking') return 2;
  return category?.basic || id === 'station' ? 0 : 1;
}
