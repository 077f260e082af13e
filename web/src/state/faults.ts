/** What a form was refused for, field by field. Pure. */
import type { Failure } from '../api/types';
import { fault } from '../i18n/people';
import type { Lang } from './url';

export type Faults = Record<string, string>;

/** `known`: the form's own fields; what is wrong with another is left for the form as a whole. */
export function faultsOf(failure: Failure | null, known: readonly string[], lang: Lang): Faults {
  if (failure?.kind === 'conflict' && failure.detail.includes('of this name') && known.includes('name'))
    return { name: fault(failure.detail, lang) };
  if (failure?.kind !== 'refused') return {};
  const mine = failure.fields.filter((f) => known.includes(f.field));
  return Object.fromEntries(mine.map((f) => [f.field, fault(f.detail, lang)]));
}

/** Is there something that no field tells? */
export const isWhole = (failure: Failure | null, faults: Faults): boolean =>
  failure !== null && Object.keys(faults).length === 0;
