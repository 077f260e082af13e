import { describe, expect, it } from 'vitest';
import { issueFault, leftWords, when } from '../i18n/issues';
import { timeLeft, urgency } from './left';

const now = Date.parse('2026-11-22T12:00:00+08:00');
const at = (hours: number) => new Date(now + hours * 3_600_000).toISOString();

describe('the time that is left', () => {
  it.each([
    [49, '还剩 2 天', '2 days left'],
    [47.9, '还剩 47 小时', '47 hours left'],
    [1.99, '还剩 1 小时', '1 hour left'],
    [0.5, '还剩 30 分钟', '30 minutes left'],
    [0.001, '还剩不到 1 分钟', 'less than a minute left'],
    [-0.001, '刚刚超时', 'just late'],
    [-3.2, '已超 3 小时', '3 hours late'],
    [-72, '已超 3 天', '3 days late'],
  ])('%d hours from the limit is "%s"', (hours, zh, en) => {
    expect(leftWords(at(hours), now, 'zh')).toBe(zh);
    expect(leftWords(at(hours), now, 'en')).toBe(en);
  });

  it('is nothing where there is no time to read', () => {
    expect(timeLeft('soon', now)).toBeNull();
    expect(leftWords('soon', now, 'zh')).toBe('');
  });

  it('decides the colour together with what the server noted', () => {
    expect(urgency({ due_at: at(5), missed: false, warned: false }, now)).toBe('calm');
    expect(urgency({ due_at: at(5), missed: false, warned: true }, now)).toBe('soon');
    expect(urgency({ due_at: at(5), missed: true, warned: true }, now)).toBe('late');
    expect(urgency({ due_at: at(-1), missed: false, warned: true }, now)).toBe('late');
    expect(urgency({ due_at: null, missed: false, warned: false }, now)).toBe('none');
  });

  it('leaves the year out where it is this one', () => {
    expect(when('2026-03-05T09:07:00', 'zh', now)).toBe('3月5日 09:07');
    expect(when('2025-03-05T09:07:00', 'zh', now)).toBe('2025年3月5日 09:07');
    expect(when('2026-03-05T09:07:00', 'en', now)).toBe('5 Mar, 09:07');
  });
});

describe('what the server finds wrong', () => {
  it.each([
    ['a reason is needed', '请写明原因'],
    ['must be one line of 1 to 50 characters', '应为一行，1 到 50 个字符'],
    ['is not a number from 0 to 10000', '应为 0 到 10000 之间的数字'],
    ['are 6; at most 5 come at once', '一次最多 5 张'],
    ['is missing', '请填写此项'],
    ['something new', 'something new'],
  ])('is said in Chinese where it is known: %s', (detail, zh) => {
    expect(issueFault(detail, 'zh')).toBe(zh);
  });

  it('is the server’s own sentence in English', () => {
    expect(issueFault('must be one line of 1 to 50 characters', 'en')).toBe(
      'Must be one line of 1 to 50 characters',
    );
  });
});
