/** How often and for how long a job was throttled. */
import { ContrailError } from '../domain/errors.ts';
import type { JobEnvelope } from './job-envelope.ts';

/** A few refusals far apart, for example with workers stopped in between, are no reason to give up. */
const LEAST_TIMES = 5;

export interface ThrottledJob {
  readonly times: number;
  /** Time of the first refusal, milliseconds since 1970. */
  readonly since: number;
  readonly forMs: number;
}

/** The envelope with one more refusal. */
export function throttledEnvelope(
  envelope: JobEnvelope,
  now: number,
): JobEnvelope & { readonly throttled: ThrottledJob } {
  const { parked: _, ...rest } = envelope;
  const { times, since } = envelope.throttled ?? { times: 0, since: Math.round(now) };
  return { ...rest, throttled: { times: times + 1, since, forMs: Math.max(0, Math.round(now - since)) } };
}

export interface Refusal {
  readonly job: string;
  readonly error: ContrailError;
  readonly times: number;
  readonly forMs: number;
  readonly limitMs: number;
}

/** The error of a job that was throttled for too long; undefined while it may continue. */
export function throttledTooLong({ job, error, times, forMs, limitMs }: Refusal): ContrailError | undefined {
  if (forMs < limitMs || times < LEAST_TIMES) return undefined;
  const minutes = Math.round(forMs / 60_000);
  return new ContrailError(
    'THROTTLED_TOO_LONG',
    `${job} was refused ${times} times within ${minutes} minutes because of too many requests, at last with: ${error.message}`,
    {
      cause: error,
      hint: 'Raise the quota, or lower CONTRAIL_WORKER_CONCURRENCY. Scans will enqueue the export again.',
    },
  );
}
