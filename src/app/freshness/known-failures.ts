/** Failures that a new freshness index takes over from the queue and from the records of runs. */
import type { FileNote } from '../../domain/freshness/file-note.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';
import { failedRuns } from '../../producer/failed-runs.ts';
import { fileJobs } from '../../producer/file-states.ts';
import type { DueFile } from '../../producer/product-plan.ts';

export interface FailureSources {
  readonly queue: JobQueue;
  readonly reader: MonitoringReader;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The final failures of the newest sources. */
export async function knownFailures(
  { queue, reader, now }: FailureSources,
  due: readonly DueFile[],
  signal: AbortSignal,
): Promise<FileNote[]> {
  const jobOf = await fileJobs(due, queue, signal);
  const forgotten = due.filter((file) => jobOf(file) === undefined);
  const failedRunOf = await failedRuns({ reader, now }, forgotten, signal);
  return due.flatMap((planned): FileNote[] => {
    const version = planned.found?.source;
    const job = jobOf(planned);
    const run = failedRunOf(planned);
    const { product, experiment, period } = planned;
    const file = { product, experiment, ...(period === undefined ? {} : { period }) };
    if (version === undefined) return [];
    if (job?.state === 'failed') {
      const { code = 'INTERNAL', message: sentence = '' } = job.failure ?? {};
      const at = job.finishedAt ?? now;
      return [{ kind: 'failed', file, failure: { version, code, sentence, attempts: job.attempts, at } }];
    }
    if (run === undefined) return [];
    const { code, message: sentence, attempts, at } = run;
    return [{ kind: 'failed', file, failure: { version, code, sentence, attempts, at } }];
  });
}
