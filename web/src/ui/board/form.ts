/** What the form of an action asks for, and what it sends. Pure. */
import type { Action, Deed, Need, Owner } from '../../api/board';

/** In the order of the desk's day: what brings a case on comes first. */
const ORDER: Action[] = [
  'accept',
  'dispatch',
  'resume',
  'start',
  'finish',
  'pass',
  'close',
  'fail',
  'reassign',
  'escalate',
  'return',
  'extend',
  'suspend',
  'reopen',
  'reject',
  'void',
  'comment',
];

export const inOrder = <T extends { action: Action }>(all: T[]): T[] =>
  [...all].sort((a, b) => ORDER.indexOf(a.action) - ORDER.indexOf(b.action));

export interface Fields {
  note: boolean;
  noteNeeded: boolean;
  time: boolean;
  photo: boolean;
  photoNeeded: boolean;
  owner: boolean;
  ownerNeeded: boolean;
  answer: boolean;
}

export function fieldsOf(action: Action, needs: Need[]): Fields {
  return {
    note: true,
    noteNeeded: needs.includes('reason') || action === 'comment',
    time: needs.includes('time'),
    photo: needs.includes('photo') || action === 'finish' || action === 'comment',
    photoNeeded: needs.includes('photo'),
    owner: action === 'dispatch' || action === 'reassign',
    ownerNeeded: needs.includes('owner') || action === 'reassign',
    answer: action === 'comment',
  };
}

export interface Filled {
  note: string;
  until: string;
  photos: string[];
  to: Owner | null;
  answer: boolean;
}

export type Lack = 'note' | 'until' | 'photos' | 'to';

/** What is missing yet. */
export function lacks(fields: Fields, filled: Filled): Lack[] {
  const all: [Lack, boolean][] = [
    ['note', fields.noteNeeded && filled.note.trim() === '' && !(fields.answer && filled.photos.length > 0)],
    ['until', fields.time && instant(filled.until) === undefined],
    ['photos', fields.photoNeeded && filled.photos.length === 0],
    ['to', fields.ownerNeeded && filled.to === null],
  ];
  return all.filter(([, lacking]) => lacking).map(([lack]) => lack);
}

/** Local time of the field as a moment. */
export function instant(text: string): string | undefined {
  const at = new Date(text);
  return text === '' || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** A moment as the field writes it: some days later, at that hour. */
export function later(now: number, days: number, hour: number): string {
  const at = new Date(now + days * 86_400_000);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(hour)}:00`;
}

function target({ unit, worker }: Owner): Deed['to'] {
  return unit ? { layer: unit.layer, code: unit.code, ...(worker ? { worker } : {}) } : undefined;
}

export function deedOf(action: Action, fields: Fields, filled: Filled): Deed {
  const note = filled.note.trim();
  const to = fields.owner && filled.to ? target(filled.to) : undefined;
  const until = fields.time ? instant(filled.until) : undefined;
  return {
    action,
    ...(note ? { note } : {}),
    ...(until ? { until } : {}),
    ...(fields.photo && filled.photos.length > 0 ? { photos: filled.photos } : {}),
    ...(to ? { to } : {}),
    ...(fields.answer && filled.answer ? { answer: true } : {}),
  };
}
