/** The export of one experiment's metadata (design, section 5). */
import { z } from 'zod';
import { normaliseSlug, slugHash } from '../domain/slug.ts';
import { type SourceVersion, versionForId } from '../domain/source-version.ts';
import type { JobKind } from './job-kind.ts';

export const MetadataPayload = z.object({
  version: z.literal(1),
  experiment: z.string().min(1).max(400),
  sourceVersion: z.string().max(100),
  /** When the analysis began, as the producer derived or was told it; null without a run, absent to derive it anew. */
  analysisStart: z.string().max(100).nullable().optional(),
  reason: z.enum(['new', 'changed', 'forced', 'missing', 'retried']),
  force: z.boolean(),
});
export type MetadataPayload = z.infer<typeof MetadataPayload>;

export const METADATA_JOB: JobKind<MetadataPayload> = {
  queue: 'metadata',
  payload: MetadataPayload,
  retry: { attempts: 6, firstDelayMs: 2_000, longestDelayMs: 5 * 60_000 },
  concurrency: 4,
};

/**
 * The id of an export: `<normalised slug>.<version>`. Slugs that share a normal form (but for `-`) are told apart by a
 * hash; a forced export gets a nonce, so that it is never taken for one that was done.
 */
export function metadataJobId(
  export_: { readonly experiment: string; readonly sourceVersion: SourceVersion },
  nonce?: string,
): string {
  const normalised = normaliseSlug(export_.experiment);
  const isPlain = normalised === export_.experiment.replaceAll('-', '_');
  const slug = isPlain ? normalised : `${normalised}-${slugHash(export_.experiment)}`;
  const parts = [slug, versionForId(export_.sourceVersion)];
  return [...parts, ...(nonce === undefined ? [] : [nonce])].join('.');
}
