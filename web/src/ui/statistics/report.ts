/** A report as it is read: columns, order, comparison with the period before. Pure. */
import type {
  Figures,
  Grouping,
  Line,
  PeriodKind,
  Rate,
  RateKind,
  Statistics,
  StatisticsQuestion,
} from '../../api/board';
import type { IssueCategories } from '../../api/issues';
import type { BoardWords } from '../../i18n/board';
import { title } from '../../i18n/format';
import type { Lang } from '../../state/url';

/** 上报 受理 立案 应结案 结案 按期结案 返工 重复 超期 */
export const FIGURES: (keyof Figures)[] = [
  'reported',
  'decided',
  'accepted',
  'due',
  'closed',
  'closed_in_time',
  'failed_checks',
  'repeated',
  'overdue',
];
/** The rates of the table; the overview has them all. */
export const RATES: RateKind[] = ['accepted', 'closed', 'closed_in_time', 'overdue', 'rework', 'repeated'];
export const KINDS: PeriodKind[] = ['day', 'week', 'month'];
export const GROUPINGS: Grouping[] = ['grid', 'community', 'town', 'group', 'category', 'worker', 'source'];

/** A column: a figure, or `rate:KIND`. */
export type Column = keyof Figures | `rate:${RateKind}`;
export const COLUMNS: Column[] = [...FIGURES, ...RATES.map((kind) => `rate:${kind}` as const)];

export const rateOf = (line: Pick<Line, 'rates'>, kind: RateKind): Rate | undefined =>
  line.rates.find((rate) => rate.kind === kind);

/** The number of a column; `null` where there is nothing to share. */
export function valueOf(line: Pick<Line, 'figures' | 'rates'>, column: Column): number | null {
  if (!column.startsWith('rate:')) return line.figures[column as keyof Figures];
  return rateOf(line, column.slice('rate:'.length) as RateKind)?.percent ?? null;
}

export interface Naming {
  by: Grouping;
  words: BoardWords;
  categories: IssueCategories | null;
  lang: Lang;
}

export function nameOf(line: Pick<Line, 'key'>, { by, words, categories, lang }: Naming): string {
  const { key } = line;
  if (key === null) return words.stats.other;
  if (key.title) return title(key.title, lang);
  if (by === 'source') return words.sources[key.id] ?? key.id;
  const groups = categories?.groups ?? [];
  const entry =
    by === 'group'
      ? groups.find((g) => g.id === key.id)
      : by === 'category'
        ? groups.flatMap((g) => g.categories).find((c) => c.id === key.id)
        : undefined;
  return entry ? title(entry.title, lang) : (key.name ?? key.id);
}

/** "93.72 %", "93.72%" in Chinese. */
export function percent(rate: Pick<Rate, 'percent'> | undefined, w: BoardWords): string {
  const p = rate?.percent;
  return p === null || p === undefined ? w.stats.noRate : `${p.toFixed(2)}%`;
}

export const share = (rate: Rate | undefined): string =>
  rate ? `${rate.numerator}/${rate.denominator}` : '';

/** "+3.72", "−1.2", with a real minus. */
export function signed(n: number, digits = 0): string {
  const text = Math.abs(n).toFixed(digits);
  return n > 0 ? `+${text}` : n < 0 ? `−${text}` : text;
}

const two = (n: number): string => String(n).padStart(2, '0');
const day = (text: string): Date | null => {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!match) return null;
  const at = new Date(Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])));
  return at.getUTCMonth() + 1 === Number(match[2]) ? at : null;
};
const write = (at: Date): string =>
  `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`;

export const today = (now: number): string => {
  const at = new Date(now);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
};

/** A day in the period so many periods later. */
export function shifted(date: string, kind: PeriodKind, by: number): string {
  const at = day(date);
  if (!at) return date;
  if (kind === 'month') return write(new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + by, 1)));
  return write(new Date(at.getTime() + by * (kind === 'week' ? 7 : 1) * 86_400_000));
}

/** The days of a period, its last one included: "2026-11-01 – 2026-11-30". */
export function days(period: Statistics['period']): string {
  const end = day(period.end);
  const last = end ? write(new Date(end.getTime() - 86_400_000)) : period.end;
  return last === period.first ? period.first : `${period.first} – ${last}`;
}

/** What the link asks for; anything unreadable is the month of today. */
export function asked(p: Record<string, string>, now: number): StatisticsQuestion {
  return {
    period: KINDS.find((k) => k === p.period) ?? 'month',
    date: p.date && day(p.date) ? p.date : today(now),
    by: GROUPINGS.find((g) => g === p.by) ?? 'grid',
  };
}
