/** The export of one experiment's metadata. */
import { z } from 'zod';
import { ANALYSIS_PERIODS } from '../domain/analysis-period.ts';
import { type SourceVersion, versionForId } from '../domain/source-version.ts';
import { ERRORS_JOB } from './errors-job.ts';
import { jobIdOf, slugForId } from './experiment-id.ts';
import type { JobKind } from './job-kind.ts';
import { STATISTICS_JOB } from './statistics-job.ts';

function isWaitedFor(queue: string): boolean {
  return queue === STATISTICS_JOB.queue || queue === ERRORS_JOB.queue;
}

export const MetadataPayload = z.object({
  version: z.literal(1),
  experiment: z.string().min(1).max(400),
  sourceVersion: z.string().max(100),
  /** When the analysis began, from table times at planning; null: it has not. Absent: look again. */
  analysisStart: z.string().max(100).nullable().optional(),
  /** Table changes of that run, to tell new results from touched tables. */
  analysisChanges: z
    .array(z.object({ period: z.enum(ANALYSIS_PERIODS), first: z.number(), newest: z.number() }))
    .max(ANALYSIS_PERIODS.length)
    .optional(),
  /** In a warehouse without times: a digest of the tables' content at planning. */
  analysisContent: z.string().max(100).optional(),
  /** Jobs that must end first: new metadata make the console load results, so these must be published. */
  after: z
    .array(
      z.object({
        queue: z.string().refine(isWaitedFor, 'metadata do not wait for this queue'),
        id: z.string().max(600),
      }),
    )
    .max(100)
    .optional(),
  reason: z.enum(['new', 'changed', 'forced', 'missing', 'retried']),
  force: z.boolean(),
});
export type MetadataPayload = z.infer<typeof MetadataPayload>;

export const METADATA_JOB: JobKind<MetadataPayload> = {
  queue: 'metadata',
  payload: MetadataPayload,
  subject: ({ experiment }) => ({ product: 'metadata', experiment }),
  retry: { attempts: 6, firstDelayMs: 2_000, longestDelayMs: 5 * 60_000 },
};

/**
 * `<normalised slug>.<version>`, with a hash if the normal form differs in more than `-`. A forced export gets a nonce,
 * so that it is never the same as an earlier one.
 */
export function metadataJobId(
  export_: { readonly experiment: string; readonly sourceVersion: SourceVersion },
  nonce?: string,
): string {
  return jobIdOf([slugForId(export_.experiment), versionForId(export_.sourceVersion)], nonce);
}
