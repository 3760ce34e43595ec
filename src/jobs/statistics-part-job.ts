/** One part of a very large statistics table: a child of a statistics job. */
import { z } from 'zod';
import { ANALYSIS_PERIODS } from '../domain/analysis-period.ts';
import { BROKEN_RULES } from '../domain/console-rules.ts';
import type { JobKind } from './job-kind.ts';

export const StatisticsPartPayload = z.object({
  version: z.literal(1),
  experiment: z.string().min(1).max(400),
  period: z.enum(ANALYSIS_PERIODS),
  /** The source's token for reading the part. */
  token: z.string().max(1_000_000),
  /** The work object for its rows. */
  object: z.string().min(1).max(900),
  /** What a second reading leaves out; only the statistics workers know its shape. */
  plan: z.unknown().optional(),
});
export type StatisticsPartPayload = z.infer<typeof StatisticsPartPayload>;

/** The cost of reading, as part of a job's data. */
export const PartUsage = z.object({
  requests: z.number().min(0),
  bytesRead: z.number().min(0),
  bytesBilled: z.number().min(0),
  slotMs: z.number().min(0),
  queryMs: z.number().min(0),
});

/** The result of a part, for the whole job. */
export const StatisticsPartSummary = z.object({
  /** Rows in the work object; without rows there is no object. */
  rows: z.number().int().min(0),
  bytes: z.number().int().min(0),
  nonFinite: z.number().int().min(0),
  check: z.object({
    rows: z.number().int().min(0),
    rejected: z.number().int().min(0),
    dropped: z.number().int().min(0),
    duplicates: z.number().int().min(0),
    unchecked: z.number().int().min(0),
    withoutBasis: z.number().int().min(0),
    endlessTexts: z.number().int().min(0),
    reasons: z.array(z.object({ rule: z.enum(BROKEN_RULES), reason: z.string(), rows: z.number() })),
    shown: z.array(z.object({ reason: z.string(), json: z.string() })),
    branches: z.array(z.string()),
    windows: z.array(z.string()),
    bases: z.array(z.string()),
  }),
  /** The outline of its rows (ADR 12); only the statistics workers know its shape. */
  outline: z.unknown(),
  /** The cost of reading it. */
  usage: PartUsage.optional(),
});
export type StatisticsPartSummary = z.infer<typeof StatisticsPartSummary>;

export const STATISTICS_PART_JOB: JobKind<StatisticsPartPayload> = {
  queue: 'statistics-parts',
  payload: StatisticsPartPayload,
  subject: ({ experiment, period }) => ({ product: 'statistics', experiment, period }),
  retry: { attempts: 6, firstDelayMs: 2_000, longestDelayMs: 5 * 60_000 },
  // Low, to spread the parts over processes.
  mostAtOnce: 2,
  isPart: true,
};

/** The id of a part: the id of the whole job, the round of its division, the number of the part. */
export function statisticsPartId(parentId: string, round: string, part: number): string {
  return `${parentId}.${round}.${part}`;
}
