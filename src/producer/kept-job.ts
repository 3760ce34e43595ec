/** Whether to do work again whose job the queue still has. */
import { z } from 'zod';
import type { KnownJob } from '../ports/job-queue.ts';

export interface EnqueueOptions {
  /** Retry even what failed for good with this version of the source; for people, not for scans. */
  readonly retryFailed: boolean;
}

const Versioned = z.object({ version: z.number() });

/** The reason of jobs that have not ended. */
export const ALREADY_QUEUED = 'already queued';

const FIRST_WAIT_MS = 15 * 60_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;

/** Why a kept job should not be renewed; undefined if it should. */
export function reasonToWait(job: KnownJob, { retryFailed }: EnqueueOptions, now: number): string | undefined {
  switch (job.state) {
    case 'waiting':
    case 'active':
    case 'delayed':
      return ALREADY_QUEUED;
    case 'completed':
      // The file is due although the job was done: the object is gone, or another program replaced it.
      return undefined;
    case 'failed':
      return retryFailed ? undefined : reasonNotToRetry(job, now);
  }
}

/**
 * Whether workers put the job off because a producer of another version has made it, as before an update was taken back. A
 * job of the version of this payload takes its place.
 */
export function isOfAnotherVersion(job: Pick<KnownJob, 'parked' | 'payload'>, payload: unknown): boolean {
  return job.parked !== undefined && versionOf(job.payload) !== versionOf(payload);
}

function versionOf(payload: unknown): number | undefined {
  return Versioned.safeParse(payload).data?.version;
}

function reasonNotToRetry({ failure, finishedAt }: KnownJob, now: number): string | undefined {
  if (failure?.class === 'content' || failure?.class === 'usage') {
    return `failed with this version of the source: ${failure.message}`;
  }
  const wait = Math.min(FIRST_WAIT_MS * 2 ** Math.max(0, (failure?.rounds ?? 1) - 1), LONGEST_WAIT_MS);
  const retryAt = (finishedAt ?? 0) + wait;
  // An end later than now plus the wait means that the clock was set back. Do not wait for that time to come again.
  if (now >= retryAt || retryAt - now > 2 * wait) return undefined;
  return `failed, retry in ${Math.ceil((retryAt - now) / 60_000)} min: ${failure?.message ?? 'unknown reason'}`;
}
