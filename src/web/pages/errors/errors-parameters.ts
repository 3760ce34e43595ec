/** What people may narrow the errors down by. */
import { z } from 'zod';
import { ERROR_CATEGORIES } from '../../../domain/error-category.ts';
import type { LogFilter } from '../../../domain/logs/log-questions.ts';
import { MICROS_PER_MS } from '../../../domain/utc-time.ts';
import { PageNumber, ParameterProblem, SearchText } from '../../parameters.ts';
import { RANGE_PARAMETERS, type TimeRange, timeRange } from '../../time-range.ts';

export const LOG_LEVELS = ['CRITICAL', 'ERROR', 'WARNING', 'INFO', 'DEBUG'] as const;
export const LOG_SOURCES = ['jetstream', 'jetstream-preview', 'sizing', 'contrail'] as const;

/** Of the page and of the API. */
export const ERROR_FILTERS = {
  ...RANGE_PARAMETERS,
  category: z.enum(ERROR_CATEGORIES).optional(),
  level: z.enum(LOG_LEVELS).optional(),
  experiment: SearchText,
  source: z.enum(LOG_SOURCES).optional(),
  metric: SearchText,
  q: SearchText,
};

export const KindId = z.string().regex(/^[0-9a-f]{16}$/, 'the id of a kind of message, from a link of this page');

export const ErrorsParameters = z.object({ ...ERROR_FILTERS, group: KindId.optional(), page: PageNumber });
export type ErrorsParameters = z.output<typeof ErrorsParameters>;

const ErrorFilters = z.object(ERROR_FILTERS);
export type ErrorFilters = z.output<typeof ErrorFilters>;

const MOST_WORDS = 10;
/** A range that ends now ends with the minute, so that people who look at the same time see the same, read once. */
const MINUTE_MS = 60_000;

export interface ErrorsQuery {
  readonly range: TimeRange;
  readonly filter: LogFilter;
  /** Whether the range ends now. */
  readonly isCurrent: boolean;
}

export function errorsQuery(parameters: ErrorFilters, now: number): ErrorsQuery {
  const endOfMinute = Math.floor(now / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  const { category, level, experiment, source, metric, q } = parameters;
  const range = timeRange(parameters, endOfMinute, '14d');
  const words = (q ?? '').split(/\s+/).filter((word) => word !== '');
  if (words.length > MOST_WORDS) {
    throw new ParameterProblem('q', `More than ${MOST_WORDS} words.`, `Allowed: up to ${MOST_WORDS} words.`);
  }
  const ends = { from: range.from * MICROS_PER_MS, to: range.to * MICROS_PER_MS };
  return {
    range,
    isCurrent: range.to >= now,
    filter: {
      range: ends,
      category,
      level,
      experiment: experiment || undefined,
      source,
      metric: metric || undefined,
      words,
    },
  };
}

/** The parameters of a link to the same selection. */
export function filterParameters({ range, from, to, ...filters }: ErrorFilters) {
  const { category, level, experiment, source, metric, q } = filters;
  return { range, from: isoOf(from), to: isoOf(to), category, level, experiment, source, metric, q };
}

function isoOf(epochMs: number | undefined): string | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs).toISOString();
}
