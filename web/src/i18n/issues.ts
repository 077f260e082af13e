/** Words about cases: deadlines, faults, names of areas. Pure. */
import type { IssueCategories } from '../api/issues';
import type { Failure } from '../api/types';
import { timeLeft } from '../state/left';
import type { Lang } from '../state/url';
import { count, explain, title } from './format';
import { issuesEn } from './issues.en';
import { type IssueWords, issuesZh } from './issues.zh';
import { fault } from './people';

export const issueWords = (lang: Lang): IssueWords => (lang === 'en' ? issuesEn : issuesZh);

/** "还剩 3 小时", "2 days late". */
export function leftWords(due: string, now: number, lang: Lang): string {
  const left = timeLeft(due, now);
  if (!left) return '';
  const w = issueWords(lang);
  return (left.late ? w.over : w.left)[left.unit](left.value);
}

/** A day and time as one says it: without the year where it is this one. */
export function when(text: string, lang: Lang, now: number): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return text;
  const year = at.getFullYear() === new Date(now).getFullYear() ? {} : { year: 'numeric' as const };
  const form = new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : 'zh-CN', {
    ...year,
    month: lang === 'en' ? 'short' : 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return lang === 'en' ? form.format(at) : zhDay(form, at);
}

/** 11月23日 09:00 */
function zhDay(form: Intl.DateTimeFormat, at: Date): string {
  const part = Object.fromEntries(form.formatToParts(at).map((p) => [p.type, p.value]));
  const year = part.year ? `${part.year}年` : '';
  return `${year}${part.month}月${part.day}日 ${part.hour}:${part.minute}`;
}

/** Faults that name a number. */
const COUNTED: [RegExp, (...n: string[]) => string][] = [
  [/^must be one line of (\d+) to (\d+) characters$/, (from, to) => `应为一行，${from} 到 ${to} 个字符`],
  [/^is not a (?:whole )?number from (\S+) to (\S+)$/, (from, to) => `应为 ${from} 到 ${to} 之间的数字`],
  [/^are \d+; at most (\d+) come at once$/, (most) => `一次最多 ${most} 张`],
];

/** What the server says is wrong with a field of a report or a deed. */
export function issueFault(detail: string, lang: Lang): string {
  const known = issueWords(lang).fault[detail];
  if (known !== undefined || lang === 'en') return known ?? fault(detail, lang);
  for (const [form, zh] of COUNTED) {
    const found = form.exec(detail);
    if (found) return zh(...found.slice(1));
  }
  return fault(detail, lang);
}

export function explainIssue(f: Failure, lang: Lang): string {
  if (f.kind === 'conflict') return issueFault(f.detail, lang);
  if (f.kind === 'refused' && f.fields.length > 0)
    return f.fields.map((e) => issueFault(e.detail, lang)).join(lang === 'en' ? '; ' : '；');
  return explain(f, lang);
}

export function kindName(all: IssueCategories | null, id: string, lang: Lang): string {
  const found = all?.groups.flatMap((g) => g.categories).find((c) => c.id === id);
  return found ? title(found.title, lang) : id;
}

export function amount(
  all: IssueCategories | null,
  quantity: number,
  unit: string | null,
  lang: Lang,
): string {
  const found = all?.units.find((u) => u.id === unit);
  return `${count(quantity, lang)} ${found ? title(found.title, lang) : (unit ?? '')}`.trim();
}
