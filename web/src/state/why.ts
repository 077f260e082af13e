/** An explanation as sentences that a person reads. Pure. */
import type { Explanation, LonLat, Reason, Remedy } from '../api/types';
import { metres, minutes, words } from '../i18n/format';
import { type Asked, bandLabel } from './bands';
import type { Lang } from './url';

export interface Told {
  /** Whether and how long: one sentence. */
  head: string;
  reasons: string[];
  remedies: { kind: Remedy['kind']; text: string }[];
}

export function told(e: Explanation, asked: Asked): Told {
  const w = words(asked.lang).why;
  const label = bandLabel(asked);
  const walk = e.walk_s === null ? null : w.walk(minutes(e.walk_s), metres(e.distance_m ?? 0, asked.lang));
  let head = w.noWalk(label);
  if (walk !== null) head = e.inside ? w.inside(walk, label) : w.outside(walk, label);
  return {
    head,
    reasons: e.reasons.map((r) => reason(r, asked.lang)),
    remedies: e.remedies.map((r) => ({ kind: r.kind, text: remedy(r, asked.lang) })),
  };
}

function reason(r: Reason, lang: Lang): string {
  const w = words(lang).why.reason;
  switch (r.kind) {
    case 'outside_network': {
      const far = typeof r.distance_m === 'number' ? metres(r.distance_m, lang) : null;
      return w.outside_network(r.end === 'origin', far, r.blocked);
    }
    case 'no_way':
      return w.no_way;
    case 'too_far':
      return w.too_far(minutes(r.straight_s));
    case 'detour':
      return w.detour(r.ratio.toFixed(1));
    case 'barrier':
      return w.barrier(r.barriers.map((b) => words(lang).why.barriers[b] ?? b));
    case 'steps':
      return w.steps(minutes(r.adult_s));
    case 'closed_way':
      return w.closed_way(minutes(r.adult_s));
    case 'one_way':
      return w.one_way(minutes(r.back_s));
    case 'streets':
      return w.streets;
  }
}

function remedy(r: Remedy, lang: Lang): string {
  const w = words(lang).why.remedy;
  switch (r.kind) {
    case 'more_time':
      return w.more_time(r.minutes);
    case 'more_metres':
      return w.more_metres(metres(r.metres, lang));
    case 'faster':
      return w.faster((r.speed_m_s * 3.6).toFixed(1));
    case 'link': {
      const over = r.barrier ? (words(lang).why.barriers[r.barrier] ?? r.barrier) : null;
      return w.link(metres(r.length_m, lang), minutes(r.walk_s), over);
    }
    case 'open':
      return w.open(minutes(r.walk_s));
  }
}

/** The proposed path, or the spot that should be opened, for the map. */
export function proposal(e: Explanation | null): GeoJSON.Feature | null {
  for (const r of e?.remedies ?? []) {
    if (r.kind === 'link')
      return { type: 'Feature', properties: {}, geometry: r.geometry as unknown as GeoJSON.LineString };
    if (r.kind === 'open') {
      const at: LonLat = [r.lon, r.lat];
      return { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [...at] } };
    }
  }
  return null;
}
