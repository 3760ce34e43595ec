/** The export of one experiment's metadata (design, section 5). */
import { z } from 'zod';
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
  /** When the analysis began, as the times of tables told planning; null without, absent to look anew. */
  analysisStart: z.string().max(100).nullable().optional(),
  /** Of tables without times: a digest of their contents as planning saw them. */
  analysisContent: z.string().max(100).optional(),
  /** Jobs that are to end first: the console must find new results when new metadata tell it to look. */
  after: z
    .array(
      z.object({ queue: z.string().refine(isWaitedFor, 'metadata wait for no such queue'), id: z.string().max(600) }),
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
 * The id of an export: `<normalised slug>.<version>`. Slugs that share a normal form (but for `-`) are told apart by a
 * hash; a forced export gets a nonce, so that it is never taken for one that was done.
 */
export function metadataJobId(
  export_: { readonly experiment: string; readonly sourceVersion: SourceVersion },
  nonce?: string,
): string {
  return jobIdOf([slugForId(export_.experiment), versionForId(export_.sourceVersion)], nonce);
}
