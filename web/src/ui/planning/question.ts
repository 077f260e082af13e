/** What the planner looks at: kept in the link, asked of the server. Pure. */
import type { Existing, Goal, Query } from '../../api/planning';
import type { LonLat, Measure } from '../../api/types';
import { BANDS_OF } from '../../state/bands';

export const PARTS = ['coverage', 'score', 'siting', 'whatif', 'links', 'parking', 'size'] as const;
export type Part = (typeof PARTS)[number];
export const LEVELS = ['grid', 'community', 'town'] as const;
export type Level = (typeof LEVELS)[number];
export const GOALS: Goal[] = ['cover', 'cover_all', 'shortest_walk'];
export const EXISTING: Existing[] = ['keep', 'move', 'ignore'];
export const WEIGHTS = ['households', 'buildings'] as const;
export const MOST_PLACES = 50;

export interface Question {
  part: Part;
  category: string;
  measure: Measure;
  /** The band that lists and colours are about; smaller ones are shown beside it. */
  band: number;
  profile: string;
  level: Level;
  /** Only what is open: at any time (''), now, or at a local time as a field has it. */
  open: string;
  /** Places with unknown hours count as open. */
  unknown: boolean;
  scenario: string;
  /** `LAYER/ID` of the area that is scored. */
  area: string;
  at: LonLat | null;
  /** The report of that area is open. */
  report: boolean;
  goal: Goal;
  places: number;
  existing: Existing;
  weights: (typeof WEIGHTS)[number];
  /** Where places may go: `streets`, `drawn`, or a layer. */
  sites: string;
  /** Metres between candidates on streets. */
  spacing: number;
  /** The run for sites whose answer is looked at. */
  run: string;
  /** No missing link is longer, in metres. */
  longest: number;
  /** The run for missing links whose answer is looked at. */
  links: string;
  /** Households that a grid should have. */
  target: number;
}

export const USUAL: Question = {
  part: 'coverage',
  category: 'station',
  measure: 'minutes',
  band: 15,
  profile: 'adult',
  level: 'grid',
  open: '',
  unknown: false,
  scenario: '',
  area: '',
  at: null,
  report: false,
  goal: 'cover',
  places: 3,
  existing: 'keep',
  weights: 'households',
  sites: 'streets',
  spacing: 150,
  run: '',
  longest: 150,
  links: '',
  target: 300,
};

export type Params = Record<string, string>;

const among = <T extends string>(all: readonly T[], text: string | undefined, usual: T): T =>
  all.find((one) => one === text) ?? usual;

function whole(text: string | undefined, least: number, most: number, usual: number): number {
  const n = Number(text ?? Number.NaN);
  return Number.isInteger(n) && n >= least && n <= most ? n : usual;
}

const like = (form: RegExp, text: string | undefined, usual = ''): string =>
  form.test(text ?? '') ? (text as string) : usual;

function readPoint(text: string | undefined): LonLat | null {
  const [lon, lat, ...more] = (text ?? '').split(',').map((n) => (n.trim() === '' ? Number.NaN : Number(n)));
  if (more.length > 0 || lon === undefined || lat === undefined) return null;
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? [lon, lat] : null;
}

/** Anything unreadable is left out: a mangled link still opens the workspace. */
export function parse(p: Params): Question {
  const measure = among(['minutes', 'metres'] as const, p.measure, 'minutes');
  const bands = BANDS_OF[measure];
  const band = Number(p.band);
  const name = /^[a-z][a-z0-9_]{0,47}$/;
  const id = /^[A-Za-z0-9_-]{1,80}$/;
  return {
    part: among(PARTS, p.part, USUAL.part),
    category: like(name, p.category, USUAL.category),
    measure,
    band: bands.includes(band) ? band : Math.max(...bands),
    profile: like(name, p.profile, USUAL.profile),
    level: among(LEVELS, p.by, USUAL.level),
    open: like(/^(now|\d{4}-\d\d-\d\dT\d\d:\d\d)$/, p.open),
    unknown: p.unknown === '1',
    scenario: like(id, p.scenario),
    area: like(/^[a-z][a-z0-9_]{0,47}\/\d{1,15}$/, p.area),
    at: readPoint(p.at),
    report: p.report === '1',
    goal: among(GOALS, p.goal, USUAL.goal),
    places: whole(p.places, 1, MOST_PLACES, USUAL.places),
    existing: among(EXISTING, p.existing, USUAL.existing),
    weights: among(WEIGHTS, p.weights, USUAL.weights),
    sites: like(name, p.sites, USUAL.sites),
    spacing: whole(p.spacing, 50, 500, USUAL.spacing),
    run: like(id, p.run),
    longest: whole(p.longest, 20, 500, USUAL.longest),
    links: like(id, p.links),
    target: whole(p.target, 10, 10_000, USUAL.target),
  };
}

/** The fewest parameters that `parse` reads back as the same question. */
export function format(q: Question): Params {
  const usual = params(parse({ measure: q.measure }));
  const all = params(q);
  return Object.fromEntries(
    Object.entries(all).filter(([key, text]) => text !== '' && (key === 'measure' || text !== usual[key])),
  );
}

const params = (q: Question): Params => ({
  part: q.part,
  category: q.category,
  measure: q.measure === 'minutes' ? '' : q.measure,
  band: String(q.band),
  profile: q.profile,
  by: q.level,
  open: q.open,
  unknown: q.unknown ? '1' : '',
  scenario: q.scenario,
  area: q.area,
  report: q.report ? '1' : '',
  at: q.at ? q.at.map((n) => n.toFixed(6)).join(',') : '',
  goal: q.goal,
  places: String(q.places),
  existing: q.existing,
  weights: q.weights,
  sites: q.sites,
  spacing: String(q.spacing),
  run: q.run,
  longest: String(q.longest),
  links: q.links,
  target: String(q.target),
});

/** The question with something changed in it. Runs that answered for another category are left behind. */
export function changed(q: Question, change: Partial<Question>): Question {
  const other = change.category !== undefined && change.category !== q.category;
  return { ...q, ...(other ? { run: '', links: '' } : {}), ...change };
}

/** The bands up to the one that is looked at. */
export const bandsTo = (q: Pick<Question, 'measure' | 'band'>): number[] =>
  BANDS_OF[q.measure].filter((b) => b <= q.band);

/** A time as the server reads it: a field knows no zone, it means the reader's own. */
export function moment(open: string): string | undefined {
  if (open === '' || open === 'now') return open || undefined;
  const at = new Date(open);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** What long work has in common. */
export const about = (q: Question) => ({
  category: q.category,
  [q.measure]: q.band,
  profile: q.profile,
  ...(q.scenario ? { scenario: q.scenario } : {}),
});

/** What the questions about coverage have in common. */
export function common(q: Question, bands: readonly number[] = bandsTo(q)): Query {
  const open_at = moment(q.open);
  return {
    category: q.category,
    [q.measure]: bands.join(','),
    profile: q.profile,
    open_at,
    unknown_hours: open_at && q.unknown ? 'open' : undefined,
    scenario: q.scenario || undefined,
  };
}

/** The parts of `LAYER/ID`. */
export function areaOf(text: string): { layer: string; id: number } | null {
  const [layer, id] = text.split('/');
  return layer && id ? { layer, id: Number(id) } : null;
}
