/** What a job in Redis holds around its payload, and how a failure is written so that it can be read back. */
import { z } from 'zod';
import { type ContrailError, ERROR_CATALOGUE, type ErrorCode } from '../domain/errors.ts';
import type { JobFailure, KnownJob } from '../ports/job-queue.ts';

const LONGEST_SENTENCE = 2_000;

/** The parts of a divided job, which are children in another queue. */
export const JobDivision = z.object({
  queue: z.string(),
  ids: z.array(z.string()),
  /** State that the handler kept for itself. */
  state: z.unknown(),
  /** Seal of the above, see job-seal.ts. */
  seal: z.string().exactOptional(),
});
export type JobDivision = z.infer<typeof JobDivision>;

/** The data of every job. Only `payload` is required, so that people can make jobs by hand. */
export const JobEnvelope = z.object({
  payload: z.unknown(),
  /** A nonce of one `add`: reading it back shows that this call added the job. */
  nonce: z.string().optional(),
  /** The warehouse and bucket it belongs to; any worker runs a job without one. */
  deployment: z.object({ id: z.string().regex(/^[0-9a-f]{16}$/), name: z.string().max(1_000) }).optional(),
  /** How often in a row this work has failed for good before. */
  failedRounds: z.number().int().min(0).default(0),
  /** Crashes of earlier rounds, which no longer count: BullMQ keeps its count when a job is retried by hand. */
  crashesForgiven: z.number().int().min(0).default(0),
  /** The parts of divided work. */
  division: JobDivision.optional(),
  /** Seal of the payload of a part, see job-seal.ts. */
  seal: z.string().exactOptional(),
  /** The backfill that it belongs to. */
  backfill: z.string().max(100).exactOptional(),
  /** Consecutive attempts that a service throttled, and when the first one was. */
  throttled: z.object({ times: z.number().int().min(1), since: z.number() }).optional(),
  /** How often workers that do not know the payload's version have put the job off, since when, and why. */
  parked: z.object({ times: z.number().int().min(1), since: z.number(), reason: z.string().max(1_000) }).optional(),
});
export type JobEnvelope = z.infer<typeof JobEnvelope>;

/** The envelope for data that are not one. */
export const NO_ENVELOPE: JobEnvelope = { payload: undefined, failedRounds: 0, crashesForgiven: 0 };

/** A job's data as an envelope; invalid data become one without a payload. */
export function readEnvelope(data: unknown): JobEnvelope {
  const parsed = JobEnvelope.safeParse(data);
  return parsed.success ? parsed.data : NO_ENVELOPE;
}

/** Why a delayed job is parked, if it is. */
export function parkingOf({ parked }: JobEnvelope): Pick<KnownJob, 'parked'> {
  return parked === undefined ? {} : { parked: { reason: parked.reason, since: parked.since } };
}

/** `CODE: sentence`, shown on the board and parsed by `readFailure`. */
export function failureText(error: ContrailError): string {
  return `${error.code}: ${error.sentence.slice(0, LONGEST_SENTENCE)}`;
}

/** Parses a failed job's reason; one that we did not write counts as INTERNAL. */
export function readFailure(reason: string, envelope: JobEnvelope): JobFailure {
  const [, code = '', message = ''] = /^([A-Z_]+): (.*)$/s.exec(reason) ?? [];
  const rounds = envelope.failedRounds + 1;
  if (!isErrorCode(code)) return { class: ERROR_CATALOGUE.INTERNAL.class, code: 'INTERNAL', message: reason, rounds };
  return { class: ERROR_CATALOGUE[code].class, code, message, rounds };
}

function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CATALOGUE, text);
}
