/** The rooms of the page. They are fetched when somebody opens one: most who look at the map never do. */
import type { Component } from 'svelte';
import type { Room } from '../state/rights';

type Rooms = Partial<Record<Room, () => Promise<{ default: Component }>>>;

/** Windows over the page. */
export const WINDOWS: Rooms = {
  account: () => import('./people/Account.svelte'),
  users: () => import('./people/Users.svelte'),
  audit: () => import('./people/Audit.svelte'),
};

/** Rooms beside the map, in place of the panel's questions. */
export const BESIDE: Rooms = {
  report: () => import('./report/Report.svelte'),
  work: () => import('./work/Work.svelte'),
  follow: () => import('./follow/Follow.svelte'),
};

/** Rooms in place of the panel, with as much of the screen as they like. */
export const WHOLE: Rooms = {
  board: () => import('./board/Board.svelte'),
  statistics: () => import('./statistics/Statistics.svelte'),
  planning: () => import('./planning/Planning.svelte'),
};

/** Those that a menu offers, in its order; who may not come in is not offered them. */
const OFFERED: Room[] = ['report', 'work', 'board', 'statistics', 'planning', 'account', 'users', 'audit'];

export const offered = (): Room[] =>
  OFFERED.filter((room) => room in WINDOWS || room in BESIDE || room in WHOLE);
