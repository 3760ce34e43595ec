/** How often and for how long a job was refused by a service that has too many requests. */
import { ContrailError } from '../domain/errors.ts';
import type { JobEnvelope } from './job-envelope.ts';

/** A few refusals far apart, as when workers were stopped in between, are no reason to give up. */
const LEAST_TIMES = 5;

export interface ThrottledJob {
  readonly times: number;
  /** When the first refusal was, milliseconds since 1970. */
  readonly since: number;
  readonly forMs: number;
}

/** The envelope with one more refusal. */
export function throttledEnvelope(
  envelope: JobEnvelope,
  now: number,
): JobEnvelope & { readonly throttled: ThrottledJob } {
  const { times, since } = envelope.throttled ?? { times: 0, since: Math.round(now) };
  return { ...envelope, throttled: { times: times + 1, since, forMs: Math.max(0, Math.round(now - since)) } };
}

export interface Refusal {
  readonly job: string;
  readonly error: ContrailError;
  readonly times: number;
  readonly forMs: number;
  readonly limitMs: number;
}

/** What a job fails with that was throttled for too long; undefined as long as it may go on. */
export function throttledTooLong({ job, error, times, forMs, limitMs }: Refusal): ContrailError | undefined {
  if (forMs < limitMs || times < LEAST_TIMES) return undefined;
  const minutes = Math.round(forMs / 60_000);
  return new ContrailError(
    'THROTTLED_TOO_LONG',
    `${job} was refused ${times} times within ${minutes} minutes because of too many requests, at last with: ${error.message}`,
    {
      cause: error,
      hint: 'Ask for a higher quota, or lower CONTRAIL_WORKER_CONCURRENCY. Scans enqueue the export again after a while.',
    },
  );
}
