/** The range of time that a page shows: `range=7d`, or `from` and `to` (spec: pages, section 1). */
import { z } from 'zod';
import { ParameterProblem } from './parameters.ts';
import { momentText } from './text/times.ts';

const DAYS = { '1d': 1, '7d': 7, '14d': 14, '30d': 30, '90d': 90 } as const;
const NAMES = ['1d', '7d', '14d', '30d', '90d'] as const;
export type RangeName = (typeof NAMES)[number];
export const RANGE_NAMES: readonly RangeName[] = NAMES;

const DAY_MS = 86_400_000;
const LONGEST_DAYS = 366;
const MOMENT = 'a day or time in UTC, such as 2026-01-15 or 2026-01-15T12:00:00Z';

const Moment = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z)?$/, MOMENT)
  .refine(isTime, MOMENT)
  .transform((text) => Date.parse(text))
  .optional();

/** For the schema of a page: `z.object({ ...RANGE_PARAMETERS, q: SearchText })`. */
export const RANGE_PARAMETERS = { range: z.enum(NAMES).optional(), from: Moment, to: Moment };

export interface RangeParameters {
  readonly range?: RangeName | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface TimeRange {
  /** Milliseconds since 1970. */
  readonly from: number;
  /** Not included. */
  readonly to: number;
  /** Undefined for an absolute range. */
  readonly name: RangeName | undefined;
  /** Parameters of the absolute range, for a link to this moment. */
  readonly absolute: { readonly from: string; readonly to: string };
}

/** The range asked for; `fallback` where none is. A relative range ends now. */
export function timeRange({ range, from, to }: RangeParameters, now: number, fallback: RangeName): TimeRange {
  if (range !== undefined && (from !== undefined || to !== undefined)) {
    const name = from === undefined ? 'to' : 'from';
    throw new ParameterProblem(name, `"range" and "${name}" exclude each other.`, 'Give range, or from and to.');
  }
  if (from === undefined && to === undefined) {
    const name = range ?? fallback;
    return rangeOf(now - DAYS[name] * DAY_MS, now, name);
  }
  if (from === undefined) throw new ParameterProblem('from', 'The parameter "from" is missing.', `Allowed: ${MOMENT}.`);
  const end = to ?? now;
  if (end <= from) throw new ParameterProblem('to', '"to" is not later than "from".', 'Give a later one.');
  if (end - from > LONGEST_DAYS * DAY_MS) {
    throw new ParameterProblem('from', `The range is longer than ${LONGEST_DAYS} days.`, 'Give a shorter one.');
  }
  return rangeOf(from, end, undefined);
}

/** `8 Jan 2026 …` in words: `2026-01-08 12:00:00 UTC to 2026-01-15 12:00:00 UTC`. */
export function rangeText({ from, to }: TimeRange): string {
  return `${momentText(from)} to ${momentText(to)}`;
}

function rangeOf(from: number, to: number, name: RangeName | undefined): TimeRange {
  return { from, to, name, absolute: { from: isoText(from), to: isoText(to) } };
}

function isoText(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('.000Z', 'Z');
}

/** 31 February is none. */
function isTime(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.slice(0, 10));
}
