import { describe, expect, it } from 'vitest';
import type { CaseEvent, Owner, Row, Told } from '../../api/board';
import { boardWords } from '../../i18n/board';
import { markSvg } from '../../map/crowd';
import { ownerName, sentence } from './because';
import { eventTitle } from './events';
import { deedOf, type Filled, fieldsOf, inOrder, instant, lacks, later } from './form';
import { kindOf as markOf } from './guest';
import { kindOf } from './live.svelte';
import { apart } from './place';
import { gone, left, span, urgency } from './time';

const zh = boardWords('zh');
const en = boardWords('en');
const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const MINUTE = 60_000;

describe('time left', () => {
  it('is told as exactly as one acts on', () => {
    const told = (minutes: number, lang: 'zh' | 'en') => plain(span(minutes * MINUTE, lang));
    expect(told(0.5, 'zh')).toBe('不到 1 分钟');
    expect(told(59, 'zh')).toBe('59 分钟');
    expect(told(60, 'en')).toBe('1 h');
    expect(told(125, 'zh')).toBe('2 小时 5 分钟');
    expect(told(19 * 60 + 52, 'zh')).toBe('19 小时');
    expect(told(24 * 60, 'en')).toBe('1 d');
    expect(told(3 * 1440 + 4 * 60, 'en')).toBe('3 d 4 h');
    expect(told(-125, 'en')).toBe('2 h 5 min');
  });

  it('runs from the report to the end of the limit', () => {
    const [from, to] = ['2026-11-22T08:00:00+08:00', '2026-11-22T12:00:00+08:00'];
    const at = (hour: number) => Date.parse(`2026-11-22T${String(hour).padStart(2, '0')}:00:00+08:00`);
    expect([7, 8, 9, 12, 13].map((h) => gone(from, to, at(h)))).toEqual([0, 0, 0.25, 1, 1]);
    expect(gone(from, null, at(9))).toBeNull();
    expect(left(to, at(13))).toBe(-60 * MINUTE);
  });

  it('says overdue as soon as the clock does, not only when the server has said so', () => {
    const now = Date.parse('2026-11-22T12:00:00Z');
    const row = { state: 'dispatched', suspended: false, warned: true, missed: false } as const;
    expect(urgency({ ...row, due_at: '2026-11-22T12:00:01Z' }, now)).toBe('warned');
    expect(urgency({ ...row, due_at: '2026-11-22T11:59:59Z' }, now)).toBe('missed');
    expect(urgency({ ...row, warned: false, due_at: '2026-11-23T00:00:00Z' }, now)).toBe('running');
    expect(urgency({ ...row, warned: false, due_at: null }, now)).toBe('still');
    expect(urgency({ ...row, due_at: '2026-11-22T11:59:59Z', suspended: true }, now)).toBe('still');
    expect(urgency({ ...row, state: 'closed', due_at: null, missed: true }, now)).toBe('over');
  });
});

describe('whose a case is', () => {
  const unit = { layer: 'grid', code: '1', name: '第一网格' };
  const owner: Owner = { level: 'grid', unit, worker: '张三' };

  it('is told with the worker, or as the desk', () => {
    expect(ownerName(owner, zh)).toBe('第一网格 · 张三');
    expect(ownerName({ ...owner, worker: null }, en)).toBe('第一网格 (desk)');
    expect(ownerName({ level: 'district', unit: null, worker: null }, zh)).toBe('区（县）（值守台）');
  });

  it('is explained in sentences, every kind of reason in both languages', () => {
    const all = [
      { kind: 'place', unit },
      { kind: 'rule', rule: 'r', title: { zh: '市场', en: 'Market' }, unit },
      { kind: 'rule', rule: 'r', title: { zh: '市场', en: 'Market' }, unit: null },
      { kind: 'category', level: 'town' },
      { kind: 'outside' },
      { kind: 'near', unit: { ...unit, name: null }, metres: 12.4 },
      { kind: 'stand_in', absent: '王芳', stand_in: '李强' },
      { kind: 'nobody', unit },
    ] as const;
    expect(all.map((why) => sentence(why, zh, 'zh'))).toEqual([
      '位置在第一网格内',
      '按规则“市场”归第一网格',
      '按规则“市场”',
      '此类案件从街道（镇）一级办起',
      '不在任何网格内，由街道（镇）分流',
      '定位有误差，也可能在1内（相距 12 米）',
      '王芳 不在岗，由 李强 代班',
      '第一网格没有在岗人员，交上一级',
    ]);
    for (const why of all) expect(sentence(why, en, 'en')).not.toMatch(/[\u4e00-\u9fff]{5}/);
  });
});

describe('an event', () => {
  const told = (what: CaseEvent['what']) => eventTitle({ what } as CaseEvent, zh);

  it('has a name', () => {
    expect(told('reported')).toBe('上报');
    expect(told({ did: 'escalate' })).toBe('上报上级');
    expect(told({ warned: 'solve' })).toBe('处置期限将到，已提醒');
    expect(told({ missed: 'promise' })).toBe('一周答复承诺期限已过');
  });

  it('is said aloud when it is new, late or for the triage', () => {
    const row = { triage: 'no' } as Row;
    const heard = (what: Told['what'], of: Row | null = row) =>
      kindOf({ seq: 1, number: '1', what, row: of });
    expect(heard('reported')).toBe('reported');
    expect(heard('missed')).toBe('missed');
    expect(heard('return', { ...row, triage: 'waiting' })).toBe('triaged');
    expect(heard('dispatch')).toBeNull();
    expect(heard('left', null)).toBeNull();
  });
});

describe('the form of an action', () => {
  const empty: Filled = { note: ' ', until: '', photos: [], to: null, answer: false };
  const owner: Owner = { level: 'grid', unit: { layer: 'grid', code: '7', name: null }, worker: 'w' };

  it('lacks what the server says that the action needs', () => {
    expect(lacks(fieldsOf('suspend', ['reason', 'time']), empty)).toEqual(['note', 'until']);
    expect(lacks(fieldsOf('finish', ['photo']), empty)).toEqual(['photos']);
    expect(lacks(fieldsOf('reassign', ['owner']), empty)).toEqual(['to']);
    expect(lacks(fieldsOf('dispatch', []), empty)).toEqual([]);
    expect(lacks(fieldsOf('dispatch', ['owner']), empty)).toEqual(['to']);
    expect(lacks(fieldsOf('comment', []), empty)).toEqual(['note']);
    expect(lacks(fieldsOf('comment', []), { ...empty, photos: ['x'] })).toEqual([]);
  });

  it('sends what was filled in, and nothing that was not asked for', () => {
    const filled: Filled = {
      note: ' weil ',
      until: '2026-11-30T09:00',
      photos: ['x'],
      to: owner,
      answer: true,
    };
    expect(deedOf('close', fieldsOf('close', ['reason']), filled)).toEqual({ action: 'close', note: 'weil' });
    expect(deedOf('reassign', fieldsOf('reassign', ['owner']), filled)).toEqual({
      action: 'reassign',
      note: 'weil',
      to: { layer: 'grid', code: '7', worker: 'w' },
    });
    expect(deedOf('suspend', fieldsOf('suspend', ['reason', 'time']), filled).until).toBe(
      new Date('2026-11-30T09:00').toISOString(),
    );
    expect(deedOf('accept', fieldsOf('accept', []), empty)).toEqual({ action: 'accept' });
  });

  it('knows days and hours of the reader', () => {
    const now = new Date('2026-11-30T23:30').getTime();
    expect(later(now, 1, 9)).toBe('2026-12-01T09:00');
    expect(instant('2026-11-30T')).toBeUndefined();
  });

  it('offers first what brings a case on', () => {
    const all = [{ action: 'comment' }, { action: 'void' }, { action: 'dispatch' }] as const;
    expect(inOrder([...all]).map((a) => a.action)).toEqual(['dispatch', 'void', 'comment']);
  });
});

describe('on the map', () => {
  it('late and warned cases differ in form, not in colour alone', () => {
    const forms = (['overdue', 'warned', 'open', 'over'] as const).map((kind) => markSvg(`case:${kind}`, 24));
    expect(new Set(forms.map((svg) => svg?.replaceAll(/#[0-9a-f]{3,6}/g, ''))).size).toBe(4);
    expect(markSvg('badge:home:#fff', 24)).toBeNull();
  });

  it('a cell is as urgent as its most urgent case', () => {
    expect(markOf({ overdue: 1, warned: 3 })).toBe('overdue');
    expect(markOf({ overdue: 0, warned: 3 })).toBe('warned');
    expect(markOf({ overdue: 0, warned: 0, state: 'done' })).toBe('open');
    expect(markOf({ overdue: 1, warned: 0, state: 'closed' })).toBe('over');
  });

  it('metres are metres', () => {
    expect(apart([116, 29], [116, 29.001])).toBeCloseTo(111.2, 0);
    expect(apart([116, 60], [116.002, 60])).toBeCloseTo(111.2, 0);
  });
});
