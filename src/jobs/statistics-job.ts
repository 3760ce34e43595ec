/** The export of one experiment's statistics of one period (design, section 5). */
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
  /** Whether the slug is that of the experiments API, or only what a table's name tells. */
  knownBy: z.enum(KNOWN_BY),
  sourceVersion: z.string().max(100),
  /** The published object as the producer saw it. */
  seen: z.object({ generation: z.string().max(200), metadata: z.record(z.string().max(100), z.string().max(1000)) }),
  /** Rows of the source as planning knew them. */
  rows: z.number().int().min(0).optional(),
  /** What the experiments API told of it; `unreachable` where it did not answer, absent where it does not know it. */
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
  /** The file is current, but was made on premises that no longer hold: an earlier file or the record has changed. */
  hasNewPremises: z.boolean().optional(),
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
 * The id of an export: `<normalised slug>.<period>.<version>`. Slugs that share a normal form (but for `-`) are told
 * apart by a hash; a forced export gets a nonce, so that it is never taken for one that was done.
 */
export function statisticsJobId(
  export_: { experiment: string; period: AnalysisPeriod; sourceVersion: SourceVersion },
  nonce?: string,
): string {
  return jobIdOf([slugForId(export_.experiment), export_.period, versionForId(export_.sourceVersion)], nonce);
}
