/** Distances on the scale of a neighbourhood. Pure. */
import type { LonLat } from '../../api/types';

const METRES_A_DEGREE = 111_195;

/** Metres between two places, on the plane. */
export function apart(a: LonLat, b: LonLat): number {
  const shrink = Math.cos(((a[1] + b[1]) / 2) * (Math.PI / 180));
  return Math.hypot((b[0] - a[0]) * shrink, b[1] - a[1]) * METRES_A_DEGREE;
}
