/** BullMQ's jobs and states in the words of the port. */
import type { Job, JobType } from 'bullmq';
import type { JobState, KnownJob } from '../../ports/job-queue.ts';
import { parkingOf, readEnvelope, readFailure } from '../job-envelope.ts';

/** Where BullMQ keeps the jobs of each of our states. */
export const BULLMQ_STATES: Readonly<Record<JobState, readonly JobType[]>> = {
  waiting: ['waiting', 'prioritized', 'waiting-children'],
  active: ['active'],
  delayed: ['delayed'],
  completed: ['completed'],
  failed: ['failed'],
};

/** BullMQ's name of a state as ours; `undefined` where the job is in none, which means that it is gone. */
export function toJobState(state: string): JobState | undefined {
  switch (state) {
    case 'waiting':
    case 'prioritized':
    case 'waiting-children':
      return 'waiting';
    case 'active':
    case 'delayed':
    case 'completed':
    case 'failed':
      return state;
    default:
      return undefined;
  }
}

/** A job as the port shows it. State and job are read one after the other, so the job's own marks of an end decide. */
export function toKnownJob(queue: string, job: Job<unknown, unknown>, state: JobState): KnownJob {
  const envelope = readEnvelope(job.data);
  const isFinished = job.finishedOn !== undefined;
  const isStale = !isFinished && (state === 'completed' || state === 'failed');
  const known = {
    id: job.id ?? '',
    queue,
    name: job.name,
    state: isStale ? ('waiting' as const) : state,
    payload: envelope.payload,
    ...(envelope.backfill === undefined ? {} : { backfill: envelope.backfill }),
    enqueuedAt: job.timestamp,
    attempts: job.attemptsMade,
    ...(isFinished && { finishedAt: job.finishedOn ?? 0 }),
  };
  switch (known.state) {
    case 'active': {
      // BullMQ takes objects and texts as well, which nobody of ours writes.
      return typeof job.progress === 'number' ? { ...known, progress: job.progress } : known;
    }
    case 'failed':
      return { ...known, failure: readFailure(job.failedReason, envelope) };
    case 'completed':
      return { ...known, result: job.returnvalue };
    case 'delayed':
      return { ...known, ...parkingOf(envelope) };
    default:
      return known;
  }
}
