import { describe, expect, it } from 'vitest';
import { agoText, ageText, durationText, momentText, timeElement } from '../../../../src/web/text/times.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('times on pages', () => {
  it.each([
    [0, 'just now', 'just now'],
    [-30_000, 'just now', 'just now'],
    [59_999, 'just now', 'just now'],
    [5 * MINUTE, '5 min', '5 min ago'],
    [3 * HOUR, '3 h', '3 h ago'],
    [48 * HOUR - 1, '47 h', '47 h ago'],
    [48 * HOUR, '2 d', '2 d ago'],
    [60 * DAY - 1, '59 d', '59 d ago'],
    [60 * DAY, '16 Nov 2025', '16 Nov 2025'],
    [-HOUR, '2026-01-15 13:00:00 UTC', '2026-01-15 13:00:00 UTC'],
  ])('%d ms ago is %s, %s', (age, text, ago) => {
    expect([ageText(NOW - age, NOW), agoText(NOW - age, NOW)]).toEqual([text, ago]);
  });

  it.each([
    [0, '0 s'],
    [850, '850 ms'],
    [41_000, '41 s'],
    [200_000, '3 min 20 s'],
    [2 * HOUR, '2 h'],
    [59 * MINUTE + 59_999, '1 h'],
    [2 * HOUR + 5 * MINUTE, '2 h 5 min'],
    [3 * DAY + 4 * HOUR, '3 d 4 h'],
    [-1, '–'],
    [Number.NaN, '–'],
  ])('%d ms last %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it('carry their moment for machines and as title', () => {
    expect(momentText(NOW)).toBe('2026-01-15 12:00:00 UTC');
    expect(timeElement(NOW - HOUR, { now: NOW }).toString()).toBe(
      '<time datetime="2026-01-15T11:00:00.000Z" title="2026-01-15 11:00:00 UTC" data-age="ago">1 h ago</time>',
    );
    expect(timeElement(NOW, { now: NOW, as: 'moment' }).toString()).toBe(
      '<time datetime="2026-01-15T12:00:00.000Z">2026-01-15 12:00:00 UTC</time>',
    );
  });
});
