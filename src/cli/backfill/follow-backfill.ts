/** Follows the jobs of a backfill to their end and prints the result. */
import type { Clock } from '../../ports/clock.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import type { EnqueueReport } from '../../producer/enqueue-files.ts';
import { nameOfFile, type ProductPlan } from '../../producer/product-plan.ts';
import { type FollowReport, followUntilStopped } from '../../app/follow/follow-jobs.ts';
import { foundAgain } from '../../app/backfills/lost-jobs.ts';
import type { StartedBackfill } from '../../app/backfills/start-backfill.ts';
import type { Backfills } from '../../ports/backfills.ts';
import { endOfKnown, usdOfKnown } from '../../app/backfills/job-ends.ts';
import type { Pricing } from '../../domain/query-cost-price.ts';
import { oneLine, plural, printJson, printResult, say } from '../output.ts';
import { progressBar } from '../progress-bar.ts';
import { warningsOf } from '../read-plan.ts';
import { type BackfillOptions, followCommand } from './options.ts';
import { usdText } from './print-plan.ts';
import { countSkipped, lackingAsJson, skippedText } from './skipped-files.ts';

export interface FollowBackfillDependencies {
  readonly queue: JobQueue;
  readonly backfills: Pick<Backfills, 'find'>;
  readonly clock: Clock;
  readonly pricing: Pricing;
}

/** Also follows jobs that were queued before. Ends early when the signal aborts. */
export async function followBackfill(
  { queue, backfills, clock, pricing }: FollowBackfillDependencies,
  { report: { enqueued, skipped }, id = '' }: StartedBackfill,
  signal: AbortSignal,
): Promise<FollowReport> {
  const bar = progressBar('exports', clock);
  const jobs = [...enqueued, ...skipped].map(({ due, jobId }) => ({ queue: due.queue, id: jobId }));
  const seen = { published: 0, unchanged: 0 };
  let usd = 0;
  try {
    const report = await followUntilStopped({
      queue,
      jobs,
      clock,
      signal,
      onProgress: (done) => bar.update(done, jobs.length, usd === 0 ? '' : usdText(usd)),
      onEnded(job) {
        usd += usdOfKnown(job, pricing);
        const end = endOfKnown(job);
        if (job.backfill === id && (end === 'published' || end === 'unchanged')) seen[end] += 1;
      },
      onIdle: (paused) => void sayIdle(backfills, id, paused),
      onRedisAway: (error) => say(`${oneLine(error.sentence)} Waiting for it.`),
    });
    const backfill = report.failures.some(({ code }) => code === 'JOB_LOST') ? await backfills.find(id) : undefined;
    return backfill === undefined ? report : foundAgain(report, backfill, seen);
  } finally {
    bar.stop();
  }
}

/** Why nothing goes on. */
async function sayIdle(backfills: Pick<Backfills, 'find'>, id: string, paused: readonly string[]): Promise<void> {
  // Redis may be away, which is said elsewhere.
  const backfill = await backfills.find(id).catch(() => undefined);
  if (backfill?.state === 'paused') return say(`The backfill is paused. Go on with: contrail backfill resume ${id}`);
  for (const name of paused) say(`The queue ${name} is paused. Resume it on the page /queues of contrail web.`);
  if (paused.length === 0) say('No worker takes jobs. Start one with: contrail worker');
}

export interface BackfillResult {
  readonly plan: ProductPlan;
  readonly report: EnqueueReport;
  /** The id of the backfill; undefined if nothing was enqueued. */
  readonly id: string | undefined;
  /** Absent without --wait. */
  readonly followed: FollowReport | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function printBackfillAsJson({ plan, report, id, followed, now }: BackfillResult): void {
  printJson({
    planned: plan.due.length,
    enqueued: report.enqueued.length,
    backfill: id ?? null,
    skipped: plan.skipped.length + report.skipped.length,
    ...countSkipped(plan),
    queued: report.skipped.length,
    refused: plan.refused.length,
    ...(followed === undefined
      ? {}
      : {
          published: followed.done,
          unchanged: followed.unchanged,
          failed: followed.failures.length,
          open: followed.open,
          failures: followed.failures,
        }),
    lacking: lackingAsJson(plan, now),
    warnings: warningsOf(plan),
  });
}

export function printBackfill({ plan, report, id, followed }: BackfillResult): void {
  // With --wait, report.skipped jobs are followed, and named if they fail.
  const waiting = followed === undefined ? report.skipped : [];
  for (const { due, reason } of waiting) say(`skipped: ${oneLine(`${nameOfFile(due)}: ${reason}`)}`);
  const counts = [
    `${plural(report.enqueued.length, 'file')} enqueued`,
    `${report.skipped.length} queued before`,
    skippedText(plan),
    ...(plan.refused.length === 0 ? [] : [`${plan.refused.length} refused`]),
  ];
  const ends = followed === undefined ? '' : `; ${followed.done} published, ${followed.failures.length} failed`;
  const open = followed === undefined || followed.open === 0 ? '' : `, ${followed.open} still queued`;
  printResult(`${counts.join(', ')}${ends}${open}.`);
  if (id !== undefined && followed === undefined)
    say(`Backfill ${id}. Follow it with: contrail backfills ${id} --wait`);
}

/** Says how many jobs are still queued when following was stopped. */
export function sayStillQueued({ open }: FollowReport, options: BackfillOptions, id: string | undefined): void {
  if (open === 0) return;
  say(`${plural(open, 'job')} ${open === 1 ? 'stays' : 'stay'} queued: workers go on without this command.`);
  say(
    `To follow ${open === 1 ? 'it' : 'them'} again, run: ${id === undefined ? followCommand(options) : `contrail backfills ${id} --wait`}`,
  );
}
