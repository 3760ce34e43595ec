/** `contrail backfill`: enqueues what is due, and follows it to the end if asked. */
import type { Command } from 'commander';
import { type Config, loadConfig } from '../../config/load-config.ts';
import { parseAnalysisPeriod } from '../../domain/analysis-period.ts';
import { ContrailError } from '../../domain/errors.ts';
import { didYouMean } from '../../domain/nearest-name.ts';
import { quote } from '../../domain/slug.ts';
import { STATISTICS_JOB } from '../../jobs/statistics-job.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import { type EnqueueReport, enqueueStatistics } from '../../producer/enqueue-statistics.ts';
import { type PlanSelection, planStatistics, type StatisticsPlan } from '../../producer/plan-statistics.ts';
import { checkRedis } from '../../queue/check-redis.ts';
import { ask, examples } from '../help.ts';
import { type FollowReport, followJobs } from '../follow-jobs.ts';
import { formatBytes, plural, oneLine, printJson, printResult, say } from '../output.ts';
import { progressBar } from '../progress-bar.ts';
import { startRecordKeeping } from '../record-keeping.ts';
import { recordRefusals } from '../record-refusals.ts';
import { abortOnSignals } from '../signals.ts';
import { openQueue, type Parts, wire } from '../wire.ts';

interface Options {
  readonly experiment?: readonly string[];
  readonly period?: readonly string[];
  readonly app?: readonly string[];
  readonly product?: string;
  readonly force?: true;
  readonly dryRun?: true;
  readonly wait?: true;
  readonly json?: true;
}

const PRODUCTS = ['statistics'] as const;

export function addBackfill(program: Command): void {
  program
    .command('backfill')
    .description('enqueue every file that is due: new or changed since it was published')
    .option('--experiment <slug...>', 'only these experiments')
    .option('--period <period...>', 'only these analysis periods')
    .option('--app <app...>', 'only experiments of these applications')
    .option('--product <products>', `only these products, separated by commas: ${PRODUCTS.join(', ')}`)
    .option('--force', 'all that match, also what is current')
    .option('--dry-run', 'print the plan and enqueue nothing')
    .option('--wait', 'follow the jobs to their end')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      examples(
        'contrail backfill --dry-run',
        'contrail backfill --wait',
        'contrail backfill --experiment my-experiment --period weekly overall --force',
      ),
    )
    .action(async (options: Options) => backfill(options));
}

async function backfill(options: Options): Promise<void> {
  checkProducts(options.product);
  const selection: PlanSelection = {
    experiments: options.experiment ?? [],
    periods: (options.period ?? []).map(parseAnalysisPeriod),
    apps: options.app ?? [],
    force: options.force ?? false,
  };
  const config = loadConfig(['warehouse', 'bucket']);
  const { signal, release } = abortOnSignals();
  const parts = await wire(config, { createWarehouse: true });
  try {
    if (!options.dryRun) await checkRedis(config.redis.text);
    const plan = await planStatistics({ ...parts, api: parts.experiments }, selection, signal);
    for (const problem of plan.problems) say(`warning: ${oneLine(problem.sentence)}`);
    for (const { error } of plan.refused) say(`refused: ${oneLine(error.sentence)}`);
    if (options.dryRun) printPlan(plan, options);
    else await enqueueAndFollow({ config, parts, plan, options, signal });
    if (plan.refused.length > 0) {
      throw new ContrailError('JOB_FAILED', `${plural(plan.refused.length, 'export')} cannot be done; see above.`);
    }
  } finally {
    release();
    await parts.close();
  }
}

interface Enqueuing {
  readonly config: Config;
  readonly parts: Parts;
  readonly plan: StatisticsPlan;
  readonly options: Options;
  readonly signal: AbortSignal;
}

async function enqueueAndFollow({ config, parts, plan, options, signal }: Enqueuing): Promise<void> {
  const keeping = await startRecordKeeping(config, parts, config.redis.text);
  await recordRefusals({ ...parts, sink: keeping.taker }, plan.refused);
  await keeping.stop();
  const queue = await openQueue(config);
  try {
    const report = await enqueueStatistics({ queue, clock: parts.clock }, plan.due, { retryFailed: true }, signal);
    // Workers may be in this machine's other processes: they need the file while this one only waits.
    await parts.close();
    const followed = options.wait ? await follow(queue, report, signal) : undefined;
    print(plan, report, followed, options);
    if (followed !== undefined && followed.failures.length > 0) {
      for (const failure of followed.failures) say(`failed: ${oneLine(`${failure.name}: ${failure.message}`)}`);
      throw new ContrailError('JOB_FAILED', `${plural(followed.failures.length, 'export')} failed; see above.`);
    }
  } finally {
    await queue.close();
  }
}

async function follow(queue: JobQueue, report: EnqueueReport, signal: AbortSignal): Promise<FollowReport> {
  const bar = progressBar('exports');
  const ids = report.enqueued.map((entry) => entry.jobId);
  try {
    return await followJobs({
      queue,
      queueName: STATISTICS_JOB.queue,
      ids,
      signal,
      onProgress: (done) => bar.update(done, ids.length),
      onIdle: () => say('No worker takes jobs. Start one with: contrail worker'),
    });
  } finally {
    bar.stop();
  }
}

function checkProducts(text: string | undefined): void {
  for (const product of text?.split(',') ?? []) {
    if (PRODUCTS.some((known) => known === product.trim())) continue;
    ask(() => {
      throw new ContrailError('USAGE', `There is no product ${quote(product)}.`, {
        hint: `${didYouMean(product, PRODUCTS)}The products are ${PRODUCTS.join(', ')}.`,
      });
    });
  }
}

function printPlan({ due, skipped, refused }: StatisticsPlan, { json }: Options): void {
  if (json) {
    const plan = due.map(({ experiment, period, reason, rows, bytes }) => ({
      product: 'statistics',
      experiment,
      period,
      reason,
      rows,
      bytes,
    }));
    printJson({ planned: due.length, enqueued: 0, skipped: skipped.length, refused: refused.length, plan });
    return;
  }
  for (const entry of due) {
    const size = [
      entry.rows === undefined ? [] : plural(entry.rows, 'row'),
      entry.bytes === undefined ? [] : formatBytes(entry.bytes),
    ].flat();
    printResult(
      [entry.reason.padEnd(8), entry.experiment, entry.period, size.length > 0 ? `(${size.join(', ')})` : '']
        .join(' ')
        .trimEnd(),
    );
  }
  printResult(`${plural(due.length, 'file')} due, ${skipped.length} current; nothing was enqueued.`);
}

function print(
  plan: StatisticsPlan,
  report: EnqueueReport,
  followed: FollowReport | undefined,
  { json }: Options,
): void {
  const skipped = plan.skipped.length + report.skipped.length;
  if (json) {
    printJson({
      planned: plan.due.length,
      enqueued: report.enqueued.length,
      skipped,
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
    return;
  }
  for (const entry of report.skipped)
    say(`skipped: ${oneLine(`${entry.due.experiment} ${entry.due.period}: ${entry.reason}`)}`);
  const counts = `${plural(report.enqueued.length, 'file')} enqueued, ${skipped} skipped`;
  printResult(
    followed === undefined
      ? `${counts}.`
      : `${counts}; ${followed.done} published, ${followed.failures.length} failed.`,
  );
}
