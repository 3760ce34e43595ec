/** Numbers, money and bytes as the pages write them (spec: pages, section 11). */
import { html, type SafeHtml } from '../views/html.ts';

const MINUS = '\u{2212}';
const NONE = '–';
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `12,345` */
export function exactText(value: number | bigint): string {
  return value.toLocaleString('en-US').replace('-', MINUS);
}

/** Exact up to 99,999, then `124 k`, `1.24 M`. */
export function countText(count: number): string {
  if (!Number.isFinite(count)) return oddNumber(count);
  const size = Math.abs(count);
  if (size < 100_000) return exactText(count);
  const [scale, unit] = size < 999_500 ? [1e3, 'k'] : size < 999_500_000 ? [1e6, 'M'] : [1e9, 'G'];
  return `${significant(count / scale, 3)} ${unit}`;
}

/** The same, with the exact value as title where it is shortened. */
export function countElement(count: number): SafeHtml {
  const short = countText(count);
  const exact = Number.isFinite(count) ? exactText(count) : short;
  return short === exact ? html`${exact}` : html`<span title="${exact}">${short}</span>`;
}

/** `1 file`, `12 files`, `124 k files` */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** `999 B`, `1.5 kB`, `12 MB` */
export function bytesText(bytes: number): string {
  if (!Number.isFinite(bytes)) return oddNumber(bytes);
  if (bytes < 999.5) return `${Math.round(bytes)} B`;
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US')} ${UNITS[unit]}`;
}

/** `$1.84`, `$1,234`, below a cent `< $0.01`. */
export function usdText(usd: number): string {
  if (!Number.isFinite(usd)) return oddNumber(usd);
  const size = Math.abs(usd);
  if (size === 0) return '$0.00';
  if (size < 0.01) return usd < 0 ? `> ${MINUS}$0.01` : '< $0.01';
  const digits = size < 999.995 ? 2 : 0;
  return `${usd < 0 ? MINUS : ''}$${size.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

/** A share of 0 to 1: `14%`, `3.2%`, `< 0.1%`; whole percents from 10 on. */
export function shareText(share: number): string {
  if (!Number.isFinite(share)) return oddNumber(share);
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '< 0.1%';
  const isWhole = Number.isInteger(Math.round(percent * 10) / 10) || percent >= 9.95;
  return `${percent.toFixed(isWhole ? 0 : 1).replace('-', MINUS)}%`;
}

/** 4 significant digits, thousands with commas: `12,345`, `0.01235`. Null and undefined are a dash. */
export function absoluteText(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  if (!Number.isFinite(value)) return oddNumber(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-6 || size >= 1e15)) return value.toExponential(3).replaceAll('-', MINUS);
  return significant(value, size >= 1_000 ? Math.floor(Math.log10(size)) + 1 : 4);
}

export interface Uplift {
  readonly point: number;
  readonly lower: number;
  readonly upper: number;
}

/** Point and bounds of a relative change, as many decimals as its interval deserves: `+2.4%` and `−1.0% to +5.8%`. */
export function upliftText({ point, lower, upper }: Uplift): { readonly point: string; readonly interval: string } {
  const decimals = upliftDecimals(lower, upper);
  return {
    point: signedPercent(point, decimals),
    interval: `${signedPercent(lower, decimals)} to ${signedPercent(upper, decimals)}`,
  };
}

function upliftDecimals(lower: number, upper: number): number {
  const width = 100 * (upper - lower);
  if (Number.isNaN(width)) return 1;
  return Math.min(4, Math.max(1, 1 - Math.floor(Math.log10(width))));
}

function signedPercent(share: number, decimals: number): string {
  if (!Number.isFinite(share)) return oddNumber(share);
  const text = Math.abs(100 * share).toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return `${share < 0 || Object.is(share, -0) ? MINUS : '+'}${text}%`;
}

/** p values: three decimals, below 0.001 as `< 0.001`. */
export function pValueText(p: number): string {
  if (!Number.isFinite(p)) return oddNumber(p);
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

function significant(value: number, digits: number): string {
  return Number(value.toPrecision(digits))
    .toLocaleString('en-US', { maximumFractionDigits: 20, maximumSignificantDigits: digits })
    .replace('-', MINUS);
}

/** NaN and infinities in words. */
function oddNumber(value: number): string {
  return Number.isNaN(value) ? 'not a number' : value > 0 ? 'infinite' : `${MINUS}infinite`;
}
