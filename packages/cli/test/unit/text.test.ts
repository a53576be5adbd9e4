import { describe, expect, test } from 'vitest';
import { oneLine, safeJson } from '../../src/terminal/plain-text.js';
import { count, dateAndTime, duration, seconds, utc } from '../../src/terminal/time.js';

describe('text from outside', () => {
  test('cannot break the line, move the cursor, or turn the reading direction', () => {
    expect(oneLine('a\r\nb\u001b[31mc\u202ed\u200fe\u2028f')).toBe('a b [31mcde f');
  });

  test('in JSON is what it was, and harmless on a terminal', () => {
    const value = { name: 'é\u001b[31m\u009b\u202e\u{e0041}日' };
    const text = safeJson(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).toContain('é');
  });
});

describe('times', () => {
  test('are shown in UTC, and what is not there as a dash', () => {
    expect(dateAndTime('2025-07-10T12:00:00+02:00')).toBe('2025-07-10 10:00:00');
    expect(utc(new Date('2025-07-30T15:30:00Z'))).toBe('2025-07-30 15:30:00 UTC');
    for (const nothing of [null, undefined, 'nonsense']) expect(dateAndTime(nothing)).toBe('-');
  });

  test('that have passed are told from the largest unit on', () => {
    expect(duration(2 * 86_400 + 5 * 3600 + 30 * 60 + 12)).toBe('2 days, 5 hours, 30 minutes');
    expect(duration(3600)).toBe('1 hour, 0 minutes');
    expect(duration(59)).toBe('59 seconds');
    expect(duration(-5)).toBe('0 seconds');
  });

  test('are read with their unit', () => {
    expect(['90s', '30m', '12h', '7d', '2w', '1y', '45'].map(seconds)).toEqual([
      90, 1800, 43_200, 604_800, 1_209_600, 31_536_000, 45,
    ]);
    expect(['', '1.5h', '-1d', 'soon', '99999999999d'].map(seconds)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('amounts agree with their noun', () => {
    expect([count(1, 'client'), count(0, 'client'), count(2, 'client')]).toEqual([
      '1 client',
      '0 clients',
      '2 clients',
    ]);
  });
});
