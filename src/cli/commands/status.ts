/** `contrail status`: what is fresh, stale, failed, queued. */
import { loadConfig } from '../../config/load-config.ts';
import { type ContrailError, toContrailError } from '../../domain/errors.ts';
import { JOB_KINDS } from '../../jobs/job-kinds.ts';
import type { JobQueue, QueueCounts } from '../../ports/job-queue.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';
import { type FileState, fileStates } from '../../producer/file-states.ts';
import { planProducts } from '../../producer/plan-products.ts';
import { PRODUCTS } from '../../producer/product-plan.ts';
import { checkRedis } from '../../queue/check-redis.ts';
import { plural, oneLine, printJson, printResult, say } from '../output.ts';
import { planDependencies } from '../planning.ts';
import { abortOnSignals } from '../signals.ts';
import { openQueue, wire } from '../wire.ts';

export async function status(slug: string | undefined, asJson: boolean): Promise<void> {
  const config = loadConfig(['warehouse', 'bucket']);
  const parts = await wire(config, { createWarehouse: true });
  const { signal, release } = abortOnSignals();
  const queue = await openQueue(config);
  try {
    const selection = {
      experiments: slug === undefined ? [] : [slug],
      periods: [],
      apps: [],
      force: false,
      products: PRODUCTS,
    };
    const plan = await planProducts(planDependencies(parts, config), selection, signal);
    for (const problem of [...plan.problems, ...plan.failures.map((failure) => failure.error)]) {
      say(`warning: ${oneLine(problem.sentence)}`);
    }
    // Freshness is worth showing also while Redis is away; that it is away is said, and is the exit code.
    const trouble = await checkRedis(config.redis.reveal()).then(() => undefined, toContrailError);
    const history = { reader: tolerantReader(parts.reader), now: parts.clock.now() };
    const files = await fileStates(plan, { queue: trouble === undefined ? queue : undefined, history }, signal);
    const counts = trouble === undefined ? await countsOf(queue) : undefined;
    if (asJson) printJson({ totals: totalsOf(files), queues: counts ?? null, files });
    else report(files, counts);
    if (trouble !== undefined) throw trouble satisfies ContrailError;
  } finally {
    release();
    await queue.close();
    await parts.close();
  }
}

/** Earlier failures are worth a warning when they cannot be read, not the whole answer. */
function tolerantReader(reader: MonitoringReader): MonitoringReader {
  return {
    async rows(request, signal) {
      try {
        return await reader.rows(request, signal);
      } catch (error) {
        signal.throwIfAborted();
        say(`warning: ${oneLine(toContrailError(error).sentence)}`);
        return [];
      }
    },
  };
}

async function countsOf(queue: JobQueue): Promise<Record<string, QueueCounts>> {
  const counts = await Promise.all(
    JOB_KINDS.map(async (kind) => [kind.queue, await queue.counts(kind.queue)] as const),
  );
  return Object.fromEntries(counts);
}

function totalsOf(files: readonly FileState[]): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const { state } of files) totals[state] = (totals[state] ?? 0) + 1;
  return totals;
}

function report(files: readonly FileState[], counts: Readonly<Record<string, QueueCounts>> | undefined): void {
  let experiment = '';
  for (const file of files) {
    if (file.experiment !== experiment) printResult(oneLine(file.experiment));
    experiment = file.experiment;
    const line = `${(file.period ?? file.product).padEnd(20)} ${file.state.padEnd(8)} ${file.detail ?? ''}`;
    printResult(`  ${oneLine(line)}`);
  }
  const totals = Object.entries(totalsOf(files)).map(([state, count]) => `${count} ${state}`);
  printResult(
    files.length === 0 ? 'There are no results yet.' : `${plural(files.length, 'file')}: ${totals.join(', ')}.`,
  );
  for (const [name, { waiting, active, delayed, failed }] of Object.entries(counts ?? {})) {
    if (waiting + active + delayed + failed === 0) continue;
    printResult(`Queue ${name}: ${waiting} waiting, ${active} running, ${delayed} delayed, ${failed} failed.`);
  }
}
