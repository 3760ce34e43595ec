/** Final failures that the queue still has. */
import type { FileNote } from '../../domain/freshness/file-note.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import { fileJobs } from '../../producer/file-states.ts';
import type { DueFile } from '../../producer/product-plan.ts';

export async function knownFailures(
  queue: JobQueue,
  due: readonly DueFile[],
  signal: AbortSignal,
): Promise<FileNote[]> {
  const jobOf = await fileJobs(due, queue, signal);
  return due.flatMap((planned): FileNote[] => {
    const { product, experiment, period, found } = planned;
    const job = jobOf(planned);
    if (found?.source === undefined || job?.failure === undefined || job.finishedAt === undefined) return [];
    const file = { product, experiment, ...(period === undefined ? {} : { period }) };
    const { code, message: sentence } = job.failure;
    const { attempts, finishedAt: at } = job;
    return [{ kind: 'failed', file, failure: { version: found.source, code, sentence, attempts, at } }];
  });
}
