/** The export of one experiment's statistics for one period. */
import { z } from 'zod';
import { KNOWN_BY } from '../domain/file-claim.ts';
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../domain/analysis-period.ts';
import { type SourceVersion, versionForId } from '../domain/source-version.ts';
import { jobIdOf, slugForId } from './experiment-id.ts';
import type { JobKind } from './job-kind.ts';

export const StatisticsPayload = z.object({
  version: z.literal(1),
  experiment: z.string().min(1).max(400),
  period: z.enum(ANALYSIS_PERIODS),
  /** Whether the slug is from the experiments API, or only from a table's name. */
  knownBy: z.enum(KNOWN_BY),
  sourceVersion: z.string().max(100),
  /** The published object at planning. */
  seen: z.object({ generation: z.string().max(200), metadata: z.record(z.string().max(100), z.string().max(1000)) }),
  /** Rows of the source at planning. */
  rows: z.number().int().min(0).optional(),
  /** The experiment's record at planning; `unreachable`: the API did not answer; absent: it has no such experiment. */
  record: z
    .union([
      z.literal('unreachable'),
      z.object({
        isPrimary: z.boolean(),
        branches: z.array(z.string().max(1_000)).max(1_000).optional(),
        lacksReferenceBranch: z.boolean(),
      }),
    ])
    .optional(),
  /** The file is current, but an earlier file or the record has changed since it was made. */
  hasNewPremises: z.boolean().optional(),
  /** Windows of the published file are lost for good, so it is replaced even if its version is not older. */
  isSettled: z.boolean().optional(),
  reason: z.enum(['new', 'changed', 'forced', 'missing', 'retried']),
  force: z.boolean(),
});
export type StatisticsPayload = z.infer<typeof StatisticsPayload>;

export const STATISTICS_JOB: JobKind<StatisticsPayload> = {
  queue: 'statistics',
  payload: StatisticsPayload,
  subject: ({ experiment, period }) => ({ product: 'statistics', experiment, period }),
  retry: { attempts: 6, firstDelayMs: 2_000, longestDelayMs: 5 * 60_000 },
};

/**
 * `<normalised slug>.<period>.<version>`, with a hash if the normal form differs in more than `-`. A forced export gets a
 * nonce, so that it is never the same as an earlier one.
 */
export function statisticsJobId(
  export_: { experiment: string; period: AnalysisPeriod; sourceVersion: SourceVersion },
  nonce?: string,
): string {
  return jobIdOf([slugForId(export_.experiment), export_.period, versionForId(export_.sourceVersion)], nonce);
}
