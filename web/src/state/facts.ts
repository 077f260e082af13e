/** The public properties of a feature as lines a person reads. Pure. */
import type { Collection, Item } from '../api/types';
import { title, words } from '../i18n/format';
import type { Lang } from './url';

export interface Fact {
  key: string;
  title: string;
  text: string;
}

/** In the order of the layer's schema; empty values and the name itself are left out. */
export function facts(item: Item, collection: Collection, lang: Lang): Fact[] {
  const list: Fact[] = [];
  for (const [key, about] of Object.entries(collection.properties)) {
    if (key === collection.roles.name || key === collection.roles.entrances) continue;
    const text = read(item.properties[key], lang);
    if (text === '') continue;
    list.push({ key, title: about['x-title'] ? title(about['x-title'], lang) : key, text });
  }
  return list;
}

export function read(value: unknown, lang: Lang): string {
  const w = words(lang);
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'boolean') return value ? w.card.yes : w.card.no;
  if (typeof value === 'number') return value.toLocaleString(lang === 'en' ? 'en-GB' : 'zh-CN');
  if (typeof value === 'string') return w.values[value] ?? value;
  if (Array.isArray(value)) {
    const parts = value.map((v) => read(v, lang)).filter((t) => t !== '');
    return parts.join(lang === 'en' ? ', ' : '、');
  }
  return person(value as Record<string, unknown>, lang);
}

/** `{name, role}` reads as "王芳（网格员）"; any other object as its values. */
function person(value: Record<string, unknown>, lang: Lang): string {
  const { name, role, ...rest } = value;
  if (typeof name === 'string' && typeof role === 'string') {
    const known = words(lang).where.roles[role] ?? role;
    return lang === 'en' ? `${name} (${known})` : `${name}（${known}）`;
  }
  const all = name === undefined ? { ...rest, ...(role === undefined ? {} : { role }) } : value;
  return Object.values(all)
    .map((v) => read(v, lang))
    .filter((t) => t !== '')
    .join(' ');
}
