/** What the page offers to whom. The server decides; this only hides what it would refuse. Pure. */
import type { Me, Role } from '../api/types';

export const ROLES: Role[] = ['worker', 'dispatcher', 'planner', 'admin'];

/** Layers of the areas that a role can be bound to. */
export const AREA_LAYERS = ['district', 'town', 'community', 'grid'];

export const has = (user: Me | null, role: Role): boolean =>
  user?.grants.some((g) => g.role === role) ?? false;

export const hasEverywhere = (user: Me | null, role: Role): boolean =>
  user?.grants.some((g) => g.role === role && g.area === null) ?? false;

export const ROOMS = [
  'login',
  'account',
  'users',
  'audit',
  /** Somebody reports something; anybody may. */
  'report',
  /** The reporter's page of one case, by the private link. */
  'follow',
  /** The worker's tasks. */
  'work',
  'board',
  'statistics',
  'planning',
] as const;
export type Room = (typeof ROOMS)[number];

/** What one needs to come in: an administrator of an area has users, but the audit is of everything. */
export function mayOpen(user: Me | null, room: Room): boolean {
  if (room === 'report' || room === 'follow') return true;
  if (room === 'work') return has(user, 'worker');
  if (room === 'board' || room === 'statistics') return has(user, 'dispatcher');
  if (room === 'planning') return has(user, 'planner') || has(user, 'admin');
  if (room === 'login') return user === null;
  if (room === 'users') return has(user, 'admin');
  if (room === 'audit') return hasEverywhere(user, 'admin');
  return user !== null;
}

/** Where somebody works, the narrowest areas first. */
export function gridsOf(user: Me | null): NonNullable<Me['grants'][number]['area']>[] {
  const areas = (user?.grants ?? []).flatMap((g) => (g.role === 'worker' && g.area ? [g.area] : []));
  const depth = (layer: string | null) => AREA_LAYERS.indexOf(layer ?? '');
  return areas.sort((a, b) => depth(b.layer) - depth(a.layer));
}

/** The roles of a person, each once, the mightiest first. */
export function roles(user: Me): Role[] {
  return [...ROLES].reverse().filter((role) => has(user, role));
}
