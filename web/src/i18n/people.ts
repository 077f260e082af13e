/** Words about people: names, times, faults of fields. Pure. */
import type { Grant, Me } from '../api/types';
import type { Lang } from '../state/url';
import { peopleEn } from './people.en';
import { type PeopleWords, peopleZh } from './people.zh';

export const peopleWords = (lang: Lang): PeopleWords => (lang === 'en' ? peopleEn : peopleZh);

export const personName = (user: Me): string => user.display_name ?? user.name;

const areaName = (grant: Pick<Grant, 'area'>, lang: Lang): string =>
  grant.area === null ? peopleWords(lang).who.everywhere : (grant.area.name ?? grant.area.code);

/** "网格员 · 南康镇" */
export function grantName(grant: Pick<Grant, 'role' | 'area'>, lang: Lang): string {
  const role = peopleWords(lang).who.roles[grant.role] ?? grant.role;
  return `${role} · ${areaName(grant, lang)}`;
}

/** A moment in the reader's own time zone; seconds only where the order matters. */
export function moment(text: string, lang: Lang, seconds = false): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return text;
  const two = '2-digit' as const;
  const parts = { year: 'numeric', month: two, day: two, hour: two, minute: two, hourCycle: 'h23' } as const;
  const form = new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : 'zh-CN', {
    ...parts,
    ...(seconds ? { second: two } : {}),
  });
  return form.format(at);
}

/** What the server says is wrong with a field. */
export function fault(detail: string, lang: Lang): string {
  const known = peopleWords(lang).fault[detail];
  return known ?? (lang === 'en' ? detail.charAt(0).toUpperCase() + detail.slice(1) : detail);
}
