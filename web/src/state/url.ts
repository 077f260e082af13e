/** The part of the page's state that a link carries, in the fragment of the address. Pure. */
import type { Direction, LonLat, Measure } from '../api/types';
import { ROOMS, type Room } from './rights';

export type Tab = 'circle' | 'nearest' | 'layers';
export type Lang = 'zh' | 'en';

export interface View {
  lon: number;
  lat: number;
  zoom: number;
}

export interface Shared {
  lang: Lang;
  tab: Tab;
  view: View | null;
  at: LonLat | null;
  profile: string;
  direction: Direction;
  /** Where the reader's choice differs from the layer's own `visible`. */
  layers: Record<string, boolean>;
  /** What the "nearest" tab looks for: a category id, or `layer:ID`. */
  wanted: string;
  openNow: boolean;
  measure: Measure;
  /** The streets themselves instead of the polygon. */
  streets: boolean;
  /** The place whose being outside is explained. */
  why: LonLat | null;
  /** The room that is open. */
  room: Room | null;
  /** The case that the room shows. */
  issue: IssueLink | null;
  /** What the room looks at, in its own words. */
  asked: Record<string, string>;
}

/** A case, and the key with which its reporter may follow it. In the fragment, so that no log has it. */
export interface IssueLink {
  number: string;
  key: string | null;
}

export const DEFAULTS: Shared = {
  lang: 'zh',
  tab: 'circle',
  view: null,
  at: null,
  profile: 'adult',
  direction: 'from',
  layers: {},
  wanted: 'station',
  openNow: false,
  measure: 'minutes',
  streets: false,
  why: null,
  room: null,
  issue: null,
  asked: {},
};

/** Rooms that can show one case. */
const WITH_ISSUE: Room[] = ['follow', 'work', 'board'];

/** Rooms that look at a choice; its parameters begin with `f.`. */
const WITH_CHOICE: Room[] = ['board', 'statistics', 'planning'];

function numbers(text: string | null, separator: string, count: number): number[] | null {
  const parts = (text ?? '').split(separator);
  const list = parts.map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  return list.length === count && list.every(Number.isFinite) ? list : null;
}

const onEarth = (lon: number, lat: number): boolean => Math.abs(lon) <= 180 && Math.abs(lat) <= 90;

function readView(text: string | null): View | null {
  const list = numbers(text, '/', 3);
  if (!list) return null;
  const [zoom, lat, lon] = list as [number, number, number];
  return onEarth(lon, lat) && zoom >= 0 && zoom <= 24 ? { lon, lat, zoom } : null;
}

function readPoint(text: string | null): LonLat | null {
  const list = numbers(text, ',', 2);
  if (!list) return null;
  const [lon, lat] = list as [number, number];
  return onEarth(lon, lat) ? [lon, lat] : null;
}

function readLayers(text: string | null): Record<string, boolean> {
  const choices: Record<string, boolean> = {};
  for (const part of (text ?? '').split('.')) {
    const match = /^(-?)([a-z][a-z0-9_]{0,47})$/.exec(part);
    if (match?.[2]) choices[match[2]] = match[1] !== '-';
  }
  return choices;
}

function readIssue(q: URLSearchParams): IssueLink | null {
  const [number, key] = [q.get('issue') ?? '', q.get('key') ?? ''];
  if (!/^[A-Za-z0-9-]{1,40}$/.test(number)) return null;
  return { number, key: /^[A-Za-z0-9_-]{1,100}$/.test(key) ? key : null };
}

function readAsked(q: URLSearchParams): Record<string, string> {
  const own = [...q].filter(([name, text]) => /^f\.[a-z]+$/.test(name) && text !== '');
  return Object.fromEntries(own.map(([name, text]) => [name.slice(2), text]));
}

/** A case without a room is the reporter's link. */
function readRoom(text: string | null, issue: IssueLink | null): Room | null {
  const room = ROOMS.find((r) => r === text) ?? (issue ? 'follow' : null);
  return room === 'follow' && !issue ? null : room;
}

/** Anything unreadable falls back to the default: a mangled link still opens the map. */
export function parse(fragment: string): Shared {
  const q = new URLSearchParams(fragment.replace(/^#/, ''));
  const tab = q.get('tab');
  const profile = q.get('profile') ?? '';
  const wanted = q.get('find') ?? '';
  const issue = readIssue(q);
  const room = readRoom(q.get('room'), issue);
  return {
    lang: q.get('lang') === 'en' ? 'en' : 'zh',
    tab: tab === 'nearest' || tab === 'layers' ? tab : 'circle',
    view: readView(q.get('map')),
    at: readPoint(q.get('at')),
    profile: /^[a-z_]+$/.test(profile) ? profile : DEFAULTS.profile,
    direction: q.get('dir') === 'to' ? 'to' : 'from',
    layers: readLayers(q.get('layers')),
    wanted: /^(layer:)?[a-z][a-z0-9_]*$/.test(wanted) ? wanted : DEFAULTS.wanted,
    openNow: q.get('open') === '1',
    measure: q.get('by') === 'metres' ? 'metres' : 'minutes',
    streets: q.get('show') === 'streets',
    why: readPoint(q.get('why')),
    room,
    issue: room && WITH_ISSUE.includes(room) ? issue : null,
    asked: room && WITH_CHOICE.includes(room) ? readAsked(q) : {},
  };
}

/** The shortest fragment that `parse` reads back as the same state. */
export function format(s: Shared): string {
  const parts: string[] = [];
  if (s.view) parts.push(`map=${s.view.zoom.toFixed(2)}/${s.view.lat.toFixed(5)}/${s.view.lon.toFixed(5)}`);
  if (s.at) parts.push(`at=${s.at[0].toFixed(6)},${s.at[1].toFixed(6)}`);
  if (s.profile !== DEFAULTS.profile) parts.push(`profile=${s.profile}`);
  if (s.direction !== DEFAULTS.direction) parts.push(`dir=${s.direction}`);
  if (s.tab !== DEFAULTS.tab) parts.push(`tab=${s.tab}`);
  if (s.wanted !== DEFAULTS.wanted) parts.push(`find=${s.wanted}`);
  if (s.openNow) parts.push('open=1');
  if (s.measure !== DEFAULTS.measure) parts.push(`by=${s.measure}`);
  if (s.streets) parts.push('show=streets');
  if (s.why) parts.push(`why=${s.why[0].toFixed(6)},${s.why[1].toFixed(6)}`);
  if (s.room && s.room !== 'follow') parts.push(`room=${s.room}`);
  if (s.room && s.issue && WITH_ISSUE.includes(s.room)) {
    parts.push(`issue=${s.issue.number}`);
    if (s.issue.key) parts.push(`key=${s.issue.key}`);
  }
  if (s.room && WITH_CHOICE.includes(s.room))
    for (const [name, text] of Object.entries(s.asked)) parts.push(`f.${name}=${encodeURIComponent(text)}`);
  const layers = Object.entries(s.layers).map(([id, on]) => (on ? id : `-${id}`));
  if (layers.length > 0) parts.push(`layers=${layers.sort().join('.')}`);
  if (s.lang !== DEFAULTS.lang) parts.push(`lang=${s.lang}`);
  return parts.length > 0 ? `#${parts.join('&')}` : '';
}
