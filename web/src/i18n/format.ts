/** Numbers as people read them. Pure. */
import type { Failure, Title } from '../api/types';
import type { Lang } from '../state/url';
import { en } from './en';
import { fault } from './people';
import { type Words, zh } from './zh';

export const words = (lang: Lang): Words => (lang === 'en' ? en : zh);

export const title = (t: Title, lang: Lang): string => (lang === 'en' ? t.en || t.zh : t.zh || t.en);

/** A name and what it stands for. */
export const pair = (name: string, value: string, lang: Lang): string =>
  lang === 'en' ? `${name}: ${value}` : `${name}：${value}`;

/** 8 m, 240 m, 1.2 km, in the language's own words. */
export function metres(m: number, lang: Lang): string {
  const rounded = m < 100 ? Math.round(m) : Math.round(m / 10) * 10;
  if (rounded < 1000) return lang === 'en' ? `${rounded} m` : `${rounded} 米`;
  const km = (m / 1000).toFixed(m < 10_000 ? 1 : 0);
  return lang === 'en' ? `${km} km` : `${km} 公里`;
}

/** Whole minutes, never 0: half a minute's walk is still a walk. */
export const minutes = (seconds: number): number => Math.max(1, Math.ceil(seconds / 60));

export const count = (n: number, lang: Lang): string => n.toLocaleString(lang === 'en' ? 'en-GB' : 'zh-CN');

export function area(m2: number): string {
  const km2 = m2 / 1e6;
  return km2 < 0.1 ? km2.toFixed(3) : km2.toFixed(2);
}

/** A failure in plain words that say what to do. */
export function explain(f: Failure, lang: Lang): string {
  const w = words(lang).failure;
  switch (f.kind) {
    case 'offline':
      return w.offline;
    case 'outside-network':
      return f.distance === null ? w.outsideUnknown : w.outside(metres(f.distance, lang));
    case 'no-network':
      return w.noNetwork;
    case 'loading':
      return w.loading;
    case 'no-route':
      return w.noRoute;
    case 'not-found':
      return w.notFound;
    case 'not-logged-in':
      return w.notLoggedIn;
    case 'wrong-credentials':
      return w.wrongCredentials;
    case 'forbidden':
      return f.outside ? w.outsideArea : w.forbidden;
    case 'conflict':
      return fault(f.detail, lang);
    case 'throttled':
      return w.throttled(f.seconds);
    case 'no-database':
      return w.noDatabase;
    case 'refused':
      return w.refused(f.detail);
    case 'server':
      return w.server;
  }
}
