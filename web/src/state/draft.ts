/** A report as it is being written: kept over a reload (without photos), checked, and made into what the
 *  server takes. Pure but for `keep`, `kept` and `drop`. */
import type { IssueCategories, IssueCategory, IssueGroup, NewIssue } from '../api/issues';
import type { LonLat } from '../api/types';

export const STEPS = ['where', 'what', 'who'] as const;
export type DraftStep = (typeof STEPS)[number];

export interface Draft {
  step: DraftStep;
  at: LonLat | null;
  /** Metres; `null` where the place was pointed at. */
  accuracy: number | null;
  address: string;
  group: string | null;
  category: string | null;
  description: string;
  quantity: string;
  unit: string | null;
  /** The case that it repeats. */
  join: string | null;
  name: string;
  phone: string;
}

export const EMPTY: Draft = {
  step: 'where',
  at: null,
  accuracy: null,
  address: '',
  group: null,
  category: null,
  description: '',
  quantity: '',
  unit: null,
  join: null,
  name: '',
  phone: '',
};

export const MOST_PHOTOS = 5;
/** A position that is worse is no better for being told so. */
const MOST_ACCURACY_M = 10_000;
export const MOST_TEXT = 1000;

export function categoryOf(all: IssueCategories | null, id: string | null): IssueCategory | null {
  return all?.groups.flatMap((g) => g.categories).find((c) => c.id === id) ?? null;
}

export function groupOf(all: IssueCategories | null, category: string | null): IssueGroup | null {
  return all?.groups.find((g) => g.categories.some((c) => c.id === category)) ?? null;
}

/** A number that is more than nothing; a comma is taken for a point. */
export function quantityOf(text: string): number | null {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() !== '' && Number.isFinite(value) && value > 0 ? value : null;
}

export type DraftFault = 'at' | 'category' | 'description' | 'quantity';

/** What has to be put right before the step is left. */
export function lacking(draft: Draft, step: DraftStep): DraftFault[] {
  if (step === 'where') return draft.at ? [] : ['at'];
  if (step === 'who') return [];
  const faults: DraftFault[] = [];
  if (!draft.category) faults.push('category');
  if (draft.description.trim() === '') faults.push('description');
  if (draft.quantity.trim() !== '' && quantityOf(draft.quantity) === null) faults.push('quantity');
  return faults;
}

/** Where a field of the server's answer is filled in. */
export function stepOf(field: string): DraftStep {
  if (/^(lon|lat|address|accuracy_m)\b/.test(field)) return 'where';
  return field.startsWith('reporter') ? 'who' : 'what';
}

const given = <K extends string, V>(key: K, value: V | null | undefined | ''): Partial<Record<K, V>> =>
  value === null || value === undefined || value === '' ? {} : ({ [key]: value } as Record<K, V>);

/** What is sent; `null` while something is lacking. */
export function bodyOf(draft: Draft, category: IssueCategory | null, photos: string[]): NewIssue | null {
  if (!draft.at || !category || STEPS.some((step) => lacking(draft, step).length > 0)) return null;
  const quantity = quantityOf(draft.quantity);
  const unit = draft.unit ?? category.units?.[0] ?? null;
  const reporter = { ...given('name', draft.name.trim()), ...given('phone', draft.phone.trim()) };
  return {
    category: category.id,
    description: draft.description.trim(),
    lon: Number(draft.at[0].toFixed(7)),
    lat: Number(draft.at[1].toFixed(7)),
    ...given('accuracy_m', draft.accuracy && Math.min(draft.accuracy, MOST_ACCURACY_M)),
    ...given('address', draft.address.trim()),
    ...(quantity !== null && unit ? { quantity, unit } : {}),
    ...(Object.keys(reporter).length > 0 ? { reporter } : {}),
    ...(photos.length > 0 ? { photos } : {}),
    ...given('join', draft.join),
  };
}

const KEPT = 'wangge-report';

export function keep(draft: Draft): void {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(draft));
  } catch {
    // A browser that keeps nothing: the draft lives as long as the page.
  }
}

export function drop(): void {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // Nothing was kept.
  }
}

/** The draft of before; of an older page what is still understood. */
export function kept(): Draft | null {
  try {
    const read: unknown = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null');
    return read === null || typeof read !== 'object' ? null : clean(read as Record<string, unknown>);
  } catch {
    return null;
  }
}

function clean(read: Record<string, unknown>): Draft {
  const text = (key: string): string => (typeof read[key] === 'string' ? (read[key] as string) : '');
  const at = read.at;
  const isPlace = Array.isArray(at) && at.length === 2 && at.every((v) => Number.isFinite(v));
  return {
    step: STEPS.find((s) => s === read.step) ?? 'where',
    at: isPlace ? [at[0], at[1]] : null,
    accuracy: typeof read.accuracy === 'number' && read.accuracy > 0 ? read.accuracy : null,
    address: text('address'),
    group: text('group') || null,
    category: text('category') || null,
    description: text('description'),
    quantity: text('quantity'),
    unit: text('unit') || null,
    join: text('join') || null,
    name: text('name'),
    phone: text('phone'),
  };
}
