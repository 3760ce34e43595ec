import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  absoluteText,
  bytesText,
  countElement,
  countText,
  exactText,
  pValueText,
  shareText,
  upliftText,
  usdText,
} from '../../../../src/web/text/numbers.ts';

describe('numbers on pages', () => {
  it.each([
    [0, '0'],
    [12_345, '12,345'],
    [99_999, '99,999'],
    [123_910, '124 k'],
    [999_499, '999 k'],
    [999_600, '1 M'],
    [1_238_000, '1.24 M'],
    [-5, '\u{2212}5'],
    [Number.NaN, 'not a number'],
    [Infinity, 'infinite'],
  ])('the count %d is %s', (count, text) => {
    expect(countText(count)).toBe(text);
  });

  it('a shortened count has the exact one as title', () => {
    expect(countElement(124_310).toString()).toBe('<span title="124,310">124 k</span>');
    expect(countElement(310).toString()).toBe('310');
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [1_500, '1.5 kB'],
    [9_960, '10 kB'],
    [12_345_678, '12 MB'],
    [999_999, '1.0 MB'],
    [4e15, '4.0 PB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });

  it.each([
    [0, '$0.00'],
    [0.004, '< $0.01'],
    [0.01, '$0.01'],
    [1.84, '$1.84'],
    [999.994, '$999.99'],
    [999.996, '$1,000'],
    [1_234.4, '$1,234'],
    [-2.5, '\u{2212}$2.50'],
  ])('%d dollars are %s', (usd, text) => {
    expect(usdText(usd)).toBe(text);
  });

  it.each([
    [0.14, '14%'],
    [0.0325, '3.3%'],
    [0.333, '33%'],
    [1, '100%'],
    [0, '0%'],
    [0.0002, '< 0.1%'],
  ])('the share %d is %s', (share, text) => {
    expect(shareText(share)).toBe(text);
  });

  it.each([
    [12_345.6, '12,346'],
    [0.012345, '0.01235'],
    [2.345678, '2.346'],
    [-2, '\u{2212}2'],
    [0, '0'],
    [null, '–'],
    [undefined, '–'],
    [Number.NaN, 'not a number'],
    [-Infinity, '\u{2212}infinite'],
    [1.5e-9, '1.500e\u{2212}9'],
  ])('the absolute number %d is %s', (value, text) => {
    expect(absoluteText(value)).toBe(text);
  });

  it.each([
    [{ point: 0.024, lower: -0.01, upper: 0.058 }, '+2.4%', '\u{2212}1.0% to +5.8%'],
    [{ point: 0.0241, lower: 0.0201, upper: 0.0281 }, '+2.41%', '+2.01% to +2.81%'],
    [{ point: 0.00012, lower: 0.00011, upper: 0.00013 }, '+0.0120%', '+0.0110% to +0.0130%'],
    [{ point: 12, lower: 2, upper: 22 }, '+1,200.0%', '+200.0% to +2,200.0%'],
    [{ point: 0, lower: Number.NaN, upper: 0.1 }, '+0.0%', 'not a number to +10.0%'],
  ])('the uplift %j is %s, %s', (uplift, point, interval) => {
    expect(upliftText(uplift)).toEqual({ point, interval });
  });

  it('an uplift has 1 to 4 decimals, the same for point and bounds', { timeout: 30_000 }, () => {
    const share = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(share, share, share, (...shares) => {
        const [lower = 0, point = 0, upper = 0] = shares.toSorted((a, b) => a - b);
        const { point: text, interval } = upliftText({ point, lower, upper });
        const decimals = [text, ...interval.split(' to ')].map(
          (part) => /^[+\u{2212}][\d,]+\.(\d+)%$/u.exec(part)?.[1]?.length,
        );
        expect(new Set(decimals).size).toBe(1);
        expect(decimals[0]).toBeGreaterThanOrEqual(1);
        expect(decimals[0]).toBeLessThanOrEqual(4);
      }),
    );
  });

  it.each([
    [0.12, '0.120'],
    [0.0005, '< 0.001'],
    [0, '< 0.001'],
    [1, '1.000'],
  ])('the p value %d is %s', (p, text) => {
    expect(pValueText(p)).toBe(text);
  });

  it('exact numbers have commas', () => {
    expect(exactText(12_345_678_901n)).toBe('12,345,678,901');
  });
});
