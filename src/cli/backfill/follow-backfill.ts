/** Follows the jobs of a backfill to their end, and tells how it went. */
import type { JobQueue } from '../../ports/job-queue.ts';
import type { EnqueueReport } from '../../producer/enqueue-files.ts';
import { nameOfFile, type ProductPlan } from '../../producer/product-plan.ts';
import { type FollowReport, followJobs } from '../follow-jobs.ts';
import { oneLine, plural, printJson, printResult, say } from '../output.ts';
import { progressBar } from '../progress-bar.ts';

export async function followBackfill(
  queue: JobQueue,
  { enqueued }: EnqueueReport,
  signal: AbortSignal,
): Promise<FollowReport> {
  const bar = progressBar('exports');
  const jobs = enqueued.map(({ due, jobId }) => ({ queue: due.queue, id: jobId }));
  try {
    return await followJobs({
      queue,
      jobs,
      signal,
      onProgress: (done) => bar.update(done, jobs.length),
      onIdle: () => say('No worker takes jobs. Start one with: contrail worker'),
    });
  } finally {
    bar.stop();
  }
}

export interface BackfillResult {
  readonly plan: ProductPlan;
  readonly report: EnqueueReport;
  /** Absent where nobody waited. */
  readonly followed: FollowReport | undefined;
}

export function printBackfillAsJson({ plan, report, followed }: BackfillResult): void {
  printJson({
    planned: plan.due.length,
    enqueued: report.enqueued.length,
    skipped: plan.skipped.length + report.skipped.length,
    refused: plan.refused.length,
    ...(followed === undefined
      ? {}
      : {
          published: followed.done,
          unchanged: followed.unchanged,
          failed: followed.failures.length,
          failures: followed.failures,
        }),
  });
}

export function printBackfill({ plan, report, followed }: BackfillResult): void {
  for (const { due, reason } of report.skipped) say(`skipped: ${oneLine(`${nameOfFile(due)}: ${reason}`)}`);
  const skipped = plan.skipped.length + report.skipped.length;
  const counts = `${plural(report.enqueued.length, 'file')} enqueued, ${skipped} skipped`;
  const ends = followed === undefined ? '' : `; ${followed.done} published, ${followed.failures.length} failed`;
  printResult(`${counts}${ends}.`);
}
