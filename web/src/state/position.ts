/** Where the reader is, as the browser tells it. */
import type { LonLat } from '../api/types';

export type Position =
  | { ok: true; at: LonLat /** Within so many metres. */; accuracy: number }
  | { ok: false; denied: boolean };

export function myPosition(): Promise<Position> {
  return new Promise((done) => {
    if (!navigator.geolocation) {
      done({ ok: false, denied: false });
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        done({ ok: true, at: [coords.longitude, coords.latitude], accuracy: Math.max(1, coords.accuracy) }),
      (e) => done({ ok: false, denied: e.code === e.PERMISSION_DENIED }),
      { enableHighAccuracy: true, timeout: 10_000 },
    );
  });
}

/** May the position be asked for without a question to the reader? */
export async function mayKnowPosition(): Promise<boolean> {
  const state = await navigator.permissions?.query({ name: 'geolocation' }).catch(() => null);
  return state?.state === 'granted';
}

const EARTH_M = 6_371_008.8;

/** The circle in which the position lies, as 64 corners. */
export function ring(at: LonLat, metres: number): GeoJSON.Polygon {
  const north = (metres / EARTH_M) * (180 / Math.PI);
  const east = north / Math.cos((at[1] * Math.PI) / 180);
  const corners = Array.from({ length: 65 }, (_, i) => {
    const turn = ((i % 64) * 2 * Math.PI) / 64;
    return [at[0] + east * Math.cos(turn), at[1] + north * Math.sin(turn)];
  });
  return { type: 'Polygon', coordinates: [corners] };
}
