/** The export of one experiment's errors file. */
import { z } from 'zod';
import { KNOWN_BY } from '../domain/file-claim.ts';
import { type SourceVersion, versionForId } from '../domain/source-version.ts';
import { jobIdOf, slugForId } from './experiment-id.ts';
import type { JobKind } from './job-kind.ts';

export const ErrorsPayload = z.object({
  version: z.literal(1),
  experiment: z.string().min(1).max(400),
  /** Whether the slug is from the experiments API, or only from a table or log row. */
  knownBy: z.enum(KNOWN_BY),
  sourceVersion: z.string().max(100),
  /** When the analysis began, ISO; null: unknown, so all rows count. */
  analysisStart: z.iso.datetime().nullable(),
  /** The day on which enrollment ended; null: unknown. */
  enrollmentEnd: z.string().max(100).nullable(),
  reason: z.enum(['new', 'changed', 'forced', 'missing', 'retried']),
  force: z.boolean(),
});
export type ErrorsPayload = z.infer<typeof ErrorsPayload>;

export const ERRORS_JOB: JobKind<ErrorsPayload> = {
  queue: 'errors',
  payload: ErrorsPayload,
  subject: ({ experiment }) => ({ product: 'errors', experiment }),
  retry: { attempts: 6, firstDelayMs: 2_000, longestDelayMs: 5 * 60_000 },
};

/** `<normalised slug>.<version>`; a forced export gets a nonce, so that it is never the same as an earlier one. */
export function errorsJobId(
  export_: { readonly experiment: string; readonly sourceVersion: SourceVersion },
  nonce?: string,
): string {
  return jobIdOf([slugForId(export_.experiment), versionForId(export_.sourceVersion)], nonce);
}
