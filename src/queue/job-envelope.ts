/** What a job in Redis holds around its payload, and how a failure is written so that it can be read back. */
import { z } from 'zod';
import { type ContrailError, ERROR_CATALOGUE, type ErrorCode } from '../domain/errors.ts';
import type { JobFailure } from '../ports/job-queue.ts';

const LONGEST_SENTENCE = 2_000;

/** The parts of a job whose work was divided, which are children in another queue. */
export const JobDivision = z.object({
  queue: z.string(),
  ids: z.array(z.string()),
  /** What the handler left for itself. */
  state: z.unknown(),
  /** Of the above: see job-seal.ts. */
  seal: z.string().exactOptional(),
});
export type JobDivision = z.infer<typeof JobDivision>;

/** The data of every job. Only `payload` need be there, so that repeating jobs and people can make one by hand. */
export const JobEnvelope = z.object({
  payload: z.unknown(),
  /** Made for one `add`: whoever reads back its own put the job there. */
  nonce: z.string().optional(),
  /** The warehouse and bucket it belongs to; a job that names none is done by any worker. */
  deployment: z.object({ id: z.string().regex(/^[0-9a-f]{16}$/), name: z.string().max(1_000) }).optional(),
  /** How often in a row this work has failed for good before. */
  failedRounds: z.number().int().min(0).default(0),
  /** Crashes of earlier rounds, which count no more: BullMQ keeps its count when a person retries the job. */
  crashesForgiven: z.number().int().min(0).default(0),
  /** The parts of work that was divided. */
  division: JobDivision.optional(),
  /** Of the payload, where this job is a part: see job-seal.ts. */
  seal: z.string().exactOptional(),
  /** Attempts in a row that a service refused because it had too many requests, and when the first one was. */
  throttled: z.object({ times: z.number().int().min(1), since: z.number() }).optional(),
});
export type JobEnvelope = z.infer<typeof JobEnvelope>;

/** What data stand for that are no envelope. */
export const NO_ENVELOPE: JobEnvelope = { payload: undefined, failedRounds: 0, crashesForgiven: 0 };

/** Whatever a job holds, as an envelope; data that are none become one with no payload. */
export function readEnvelope(data: unknown): JobEnvelope {
  const parsed = JobEnvelope.safeParse(data);
  return parsed.success ? parsed.data : NO_ENVELOPE;
}

/** `CODE: sentence`, which people read on the board as it stands, and `readFailure` reads back. */
export function failureText(error: ContrailError): string {
  return `${error.code}: ${error.sentence.slice(0, LONGEST_SENTENCE)}`;
}

/** What a failed job's reason says; a reason that BullMQ or a stranger wrote counts as INTERNAL. */
export function readFailure(reason: string, envelope: JobEnvelope): JobFailure {
  const [, code = '', message = ''] = /^([A-Z_]+): (.*)$/s.exec(reason) ?? [];
  const rounds = envelope.failedRounds + 1;
  if (!isErrorCode(code)) return { class: ERROR_CATALOGUE.INTERNAL.class, code: 'INTERNAL', message: reason, rounds };
  return { class: ERROR_CATALOGUE[code].class, code, message, rounds };
}

function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CATALOGUE, text);
}
