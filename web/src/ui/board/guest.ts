/** What the board draws on the map, and what a click there means. */
import type { Spot, Spots } from '../../api/board';
import type { CrowdSpot, Guest } from '../../state/guest';
import type { Board } from './board.svelte';
import { urgency } from './time';

const OVER = ['closed', 'void', 'rejected'];

export function kindOf(spot: Pick<Spot, 'overdue' | 'warned' | 'state'>): CrowdSpot['kind'] {
  if (spot.state && OVER.includes(spot.state)) return 'over';
  return spot.overdue > 0 ? 'overdue' : spot.warned > 0 ? 'warned' : 'open';
}

/** The points of the map, as the server summed them. */
export const crowdOf = (spots: Spots | null): CrowdSpot[] =>
  (spots?.features ?? []).map(({ geometry, properties: p }) => ({
    at: [geometry.coordinates[0] as number, geometry.coordinates[1] as number],
    count: p.count,
    overdue: p.overdue,
    warned: p.warned,
    number: p.count === 1 ? (p.number ?? null) : null,
    kind: kindOf(p),
  }));

/** The case that is looked at, seen also where it is summed with others. */
function chosen(board: Board): CrowdSpot | null {
  const number = board.open ?? board.current?.number;
  const row = board.list.row(board.list.indexOf(number ?? ''));
  const one = row ?? (board.detail.value?.number === number ? board.detail.value : null);
  if (!number || !one) return null;
  const how = row ? urgency(row, board.now) : 'running';
  const p = { overdue: how === 'missed' ? 1 : 0, warned: how === 'warned' ? 1 : 0, state: one.state };
  return { at: [one.lon, one.lat], count: 1, overdue: p.overdue, warned: p.warned, number, kind: kindOf(p) };
}

export function guestOf(board: Board, narrow: boolean, side: boolean): Guest {
  const { correction } = board;
  return {
    pin: correction ? { at: correction.at, label: board.b.correct.pickOn, free: true } : null,
    shapes: [],
    cases: [],
    route: null,
    crowd: board.crowd,
    chosen: board.heat ? null : chosen(board),
    covers: narrow
      ? { left: 0, bottom: 0, top: 104 }
      : { left: 500, bottom: 0, top: 56, right: side ? 460 : 0 },
    quiet: true,
    ground: (at) => {
      if (board.correction) board.correction = { ...board.correction, at, picking: false };
    },
    opened: (number) => board.show(number),
  };
}
