/** What the board draws on the map, and what a click there means. */
import type { Spot } from '../../api/board';
import type { CrowdSpot, Guest } from '../../state/guest';
import type { Board } from './board.svelte';

const OVER = ['closed', 'void', 'rejected'];

export function kindOf(spot: Pick<Spot, 'overdue' | 'warned' | 'state'>): CrowdSpot['kind'] {
  if (spot.state && OVER.includes(spot.state)) return 'over';
  return spot.overdue > 0 ? 'overdue' : spot.warned > 0 ? 'warned' : 'open';
}

function crowd(board: Board): CrowdSpot[] {
  const chosen = board.open ?? board.current?.number ?? null;
  const spots = (board.spots.value?.features ?? []).map(({ geometry, properties: p }): CrowdSpot => {
    const number = p.count === 1 ? (p.number ?? null) : null;
    return {
      at: [geometry.coordinates[0] as number, geometry.coordinates[1] as number],
      count: p.count,
      overdue: p.overdue,
      warned: p.warned,
      number,
      kind: kindOf(p),
      chosen: number !== null && number === chosen,
    };
  });
  if (chosen === null || spots.some((s) => s.chosen)) return spots;
  // The chosen one is seen also where it is summed with others.
  const one = board.detail.value?.number === chosen ? board.detail.value : board.current;
  if (!one || one.number !== chosen) return spots;
  const row = board.list.row(board.list.indexOf(chosen));
  const p = { overdue: row?.missed ? 1 : 0, warned: row?.warned ? 1 : 0, state: one.state };
  return [
    ...spots,
    { ...p, at: [one.lon, one.lat], count: 1, number: chosen, kind: kindOf(p), chosen: true },
  ];
}

export function guestOf(board: Board, narrow: boolean, side: boolean): Guest {
  const { correction } = board;
  return {
    pin: correction ? { at: correction.at, label: board.b.correct.pickOn, free: true } : null,
    shapes: [],
    cases: [],
    route: null,
    crowd: { spots: crowd(board), heat: board.heat },
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
