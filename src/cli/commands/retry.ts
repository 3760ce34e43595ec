/** `contrail retry`: enqueues once more what failed and has not succeeded since. */
import type { Adapters } from '../../app/compose/adapters.ts';
import { checkRedis, openQueue } from '../../app/compose/open-queue.ts';
import { pricingOf } from '../../app/compose/pricing.ts';
import { configuredQueries } from '../../app/compose/queries.ts';
import { clockOf, wire } from '../../app/compose/wire.ts';
import { type Estimate, estimate } from '../../app/estimate.ts';
import { failedProducts, planRetry, type RetryPlan, stillFailed } from '../../app/retry/retry-plan.ts';
import { type RetriedRun, retryFailed } from '../../app/retry/retry-failed.ts';
import { readRuns, type RunsRead } from '../../app/runs/read-runs.ts';
import { selectRuns } from '../../app/runs/select-runs.ts';
import { type Config, loadConfig } from '../../config/load-config.ts';
import { ContrailError } from '../../domain/errors.ts';
import { EMPTY_PLAN, type ProductPlan } from '../../producer/product-plan.ts';
import { canAsk, confirmed } from '../confirm.ts';
import { ask } from '../help.ts';
import { logOf } from '../log.ts';
import { say } from '../output.ts';
import { readPlanWithSteps, sayWarnings, warningsOf } from '../read-plan.ts';
import { type RetryOptions, type RetryRequest, retryRequestOf } from '../retry/options.ts';
import { planText, printRetry, printRetryAsJson, wouldRetry } from '../retry/print-retry.ts';
import { withRunSources } from '../runs/open-run-sources.ts';
import { abortOnSignals } from '../signals.ts';

export async function retry(slugs: readonly string[], options: RetryOptions): Promise<void> {
  const config = loadConfig(['warehouse', 'bucket']);
  const request = ask(() => retryRequestOf(slugs, options, clockOf(config).now()));
  const { signal, release } = abortOnSignals();
  const adapters = await wire(config, { createWarehouse: false, log: logOf(config) });
  try {
    if (!options.dryRun) await checkRedis(config.redis.reveal());
    const work = { config, adapters, options, request, signal };
    const read = await withRunSources(config, adapters.reader, (sources) => readRuns(sources, request.since, signal));
    if (read.isCut) say('Only the newest runs were looked at; choose a later --since for the rest.');
    const found = await plan(work, read);
    const isAsking = !options.yes && !options.dryRun && hasWork(found.retry) && canAsk();
    const estimated = options.dryRun || isAsking ? await estimateOf(work, found.retry) : undefined;
    if (estimated !== undefined) say(planText(found.retry, estimated));
    if (isAsking && !(await confirmed('Enqueue them?', signal))) throw declined(signal);
    const retried = options.dryRun ? wouldRetry(found.retry) : await enqueue(work, found.retry);
    const now = adapters.clock.now();
    const { plan: files } = found;
    const shown = { retried, since: request.since, now, warnings: warningsOf(files), isCut: read.isCut };
    const print = options.json ? printRetryAsJson : printRetry;
    print({ ...shown, estimate: estimated, pricing: pricingOf(config) });
    if (files.failures.length > 0) throw new ContrailError('JOB_FAILED', 'Not all files could be planned; see above.');
  } finally {
    release();
    await adapters.close();
  }
}

interface Work {
  readonly config: Config;
  readonly adapters: Adapters;
  readonly request: RetryRequest;
  readonly signal: AbortSignal;
}

/** Throws NOTHING_TO_RETRY if nothing failed, or all of it has succeeded since. */
async function plan(
  { config, adapters, request, signal }: Work,
  { runs }: RunsRead,
): Promise<{ readonly plan: ProductPlan; readonly retry: RetryPlan }> {
  const failed = stillFailed(runs, request.slugs);
  if (failed.length === 0) throw nothingFailed(runs, request);
  const products = failedProducts(failed);
  const selection = { products, experiments: [], periods: [], apps: [], force: false };
  const files = products.length === 0 ? EMPTY_PLAN : await readPlanWithSteps(adapters, config, { selection, signal });
  sayWarnings(files);
  const queries = configuredQueries(config).map(({ name }) => name);
  return { plan: files, retry: planRetry(failed, files, queries) };
}

function nothingFailed(runs: RunsRead['runs'], { slugs, since }: RetryRequest): ContrailError {
  const hasFailures = selectRuns(runs, { experiments: slugs, outcomes: ['failed'] }).length > 0;
  const start = new Date(since).toISOString();
  return new ContrailError(
    'NOTHING_TO_RETRY',
    hasFailures
      ? `Everything that failed since ${start} has succeeded since, or was cancelled.`
      : `Nothing failed since ${start}.`,
    { hint: 'Look further back with --since.' },
  );
}

function hasWork({ files, tasks }: RetryPlan): boolean {
  return files.length + tasks.length > 0;
}

async function estimateOf({ config, adapters, signal }: Work, { files }: RetryPlan): Promise<Estimate> {
  const due = files.map((file) => file.due);
  return estimate(adapters.source, due, { pricing: pricingOf(config), signal });
}

function declined(signal: AbortSignal): ContrailError {
  signal.throwIfAborted();
  return new ContrailError('ABORTED', 'Nothing was enqueued.');
}

async function enqueue({ config, adapters, signal }: Work, retryPlan: RetryPlan): Promise<RetriedRun[]> {
  const queue = await openQueue(config);
  try {
    const { clock, random } = adapters;
    return await retryFailed({ queue, clock, random }, retryPlan, signal);
  } finally {
    await queue.close();
  }
}
