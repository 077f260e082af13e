/** What of the queue is looked at: kept in the link, asked of the server. Pure. */
import type { Asked, State } from '../../api/board';
import type { Bbox } from '../../api/types';

/** The states in the order of the workflow. */
export const STATES: State[] = [
  'reported',
  'accepted',
  'dispatched',
  'in_progress',
  'done',
  'closed',
  'rejected',
  'void',
];
export const LEVELS = ['grid', 'community', 'town', 'district'] as const;
export const SOURCES = ['resident', 'worker', 'hotline', 'dispatcher'] as const;
export const SORTS = ['urgency', 'newest', 'updated'] as const;

export interface Area {
  layer: 'grid' | 'community' | 'town';
  code: string;
}

export interface Filter {
  /** Several, or `[]`: all that are open. */
  states: State[];
  level: string;
  /** A category, or `group:ID`. */
  category: string;
  area: Area | null;
  /** A limit was missed, or nearly so. */
  late: '' | 'missed' | 'warned';
  triage: boolean;
  suspended: boolean;
  source: string;
  /** A worker, or `-`: nobody yet. */
  assignee: string;
  q: string;
  inView: boolean;
  sort: (typeof SORTS)[number];
}

export const ALL: Filter = {
  states: [],
  level: '',
  category: '',
  area: null,
  late: '',
  triage: false,
  suspended: false,
  source: '',
  assignee: '',
  q: '',
  inView: false,
  sort: 'urgency',
};

export type Params = Record<string, string>;

const among = <T extends string>(all: readonly T[], text: string | undefined): T | '' =>
  all.find((one) => one === text) ?? '';

function readArea(text: string | undefined): Area | null {
  const match = /^(grid|community|town):([0-9A-Za-z_-]{1,64})$/.exec(text ?? '');
  return match ? { layer: match[1] as Area['layer'], code: match[2] as string } : null;
}

/** Anything unreadable is left out: a mangled link still opens the board. */
export function parse(p: Params): Filter {
  const states = (p.state ?? '').split('.');
  return {
    states: STATES.filter((s) => states.includes(s)),
    level: among(LEVELS, p.level),
    category: /^(group:)?[a-z][a-z0-9_]*$/.test(p.category ?? '') ? (p.category as string) : '',
    area: readArea(p.area),
    late: among(['missed', 'warned'] as const, p.late),
    triage: p.triage === '1',
    suspended: p.suspended === '1',
    source: among(SOURCES, p.source),
    assignee: (p.assignee ?? '').slice(0, 100),
    q: (p.q ?? '').slice(0, 100),
    inView: p.view === '1',
    sort: among(SORTS, p.sort) || 'urgency',
  };
}

/** The fewest parameters that `parse` reads back as the same filter. */
export function format(f: Filter): Params {
  const all: Params = {
    state: f.states.join('.'),
    level: f.level,
    category: f.category,
    area: f.area ? `${f.area.layer}:${f.area.code}` : '',
    late: f.late,
    triage: f.triage ? '1' : '',
    suspended: f.suspended ? '1' : '',
    source: f.source,
    assignee: f.assignee,
    q: f.q.trim(),
    view: f.inView ? '1' : '',
    sort: f.sort === 'urgency' ? '' : f.sort,
  };
  return Object.fromEntries(Object.entries(all).filter(([, text]) => text !== ''));
}

/** How many of the filters are on; a choice of the counters is none. */
export function count(f: Filter): number {
  const worker = f.assignee !== '-' && f.assignee;
  const plain = [f.level, f.category, f.area, f.source, worker, f.suspended].filter(Boolean).length;
  return plain + (f.states.length > 1 ? 1 : 0) + (f.inView ? 1 : 0);
}

/** The filter as the server reads it; the map asks for its own part of the world. */
export function asked(f: Filter, view: Bbox | null): Asked {
  const group = f.category.startsWith('group:') ? f.category.slice('group:'.length) : undefined;
  const on = (yes: boolean) => (yes ? true : undefined);
  return {
    state: f.states.length > 0 ? f.states.join(',') : 'open',
    level: f.level || undefined,
    category: group ? undefined : f.category || undefined,
    group,
    ...(f.area ? { [f.area.layer]: f.area.code } : {}),
    overdue: f.late === 'missed' ? true : f.late || undefined,
    triage: f.triage ? 'waiting' : undefined,
    suspended: on(f.suspended),
    source: f.source || undefined,
    assignee: f.assignee || undefined,
    q: f.q.trim() || undefined,
    bbox: f.inView && view ? view.map((n) => n.toFixed(6)).join(',') : undefined,
  };
}

/** The counters that are filters of their own. */
export type Counter = 'open' | 'overdue' | 'warned' | 'triage' | 'unassigned' | State;

/** What a counter looks at. */
function looked(counter: Counter): Partial<Filter> {
  if (counter === 'open') return {};
  if (counter === 'overdue') return { late: 'missed' };
  if (counter === 'warned') return { late: 'warned' };
  if (counter === 'triage') return { triage: true };
  if (counter === 'unassigned') return { assignee: '-' };
  return { states: [counter] };
}

/** Without what counters have chosen; other filters stay. */
export const bare = (f: Filter): Filter => ({
  ...f,
  states: [],
  late: '',
  triage: false,
  assignee: f.assignee === '-' ? '' : f.assignee,
});

/** Is that what is looked at now? */
export const isOn = (f: Filter, counter: Counter): boolean =>
  JSON.stringify(format(f)) === JSON.stringify(format({ ...bare(f), ...looked(counter) }));

/** Looks at what the counter counts, or at everything again. */
export const turned = (f: Filter, counter: Counter): Filter =>
  isOn(f, counter) ? bare(f) : { ...bare(f), ...looked(counter) };
