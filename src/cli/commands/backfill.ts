/** `contrail backfill`: enqueues what is due; with --wait, follows it to the end. */
import { type Config, loadConfig } from '../../config/load-config.ts';
import { ContrailError, toContrailError } from '../../domain/errors.ts';
import type { Backfills } from '../../ports/backfills.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import type { DueFile, ProductPlan } from '../../producer/product-plan.ts';
import { type Estimate, estimate } from '../../app/estimate.ts';
import { backfillPriority } from '../../domain/backfill-priority.ts';
import { followBackfill, printBackfill, printBackfillAsJson, sayStillQueued } from '../backfill/follow-backfill.ts';
import { checkCost } from '../backfill/check-cost.ts';
import { whoAsks } from '../backfill/who-asks.ts';
import { type BackfillOptions, maxCostOf, selectionOf, selectionText } from '../backfill/options.ts';
import { printPlan, printPlanAsJson } from '../backfill/print-plan.ts';
import { lackingLines } from '../backfill/skipped-files.ts';
import { ask } from '../help.ts';
import { logOf } from '../log.ts';
import { plural, oneLine, say } from '../output.ts';
import { pricingOf } from '../../app/compose/pricing.ts';
import { readPlanWithSteps, sayWarnings } from '../read-plan.ts';
import { startRecordKeeping } from '../../app/compose/record-keeping.ts';
import { type StartedBackfill, startBackfill } from '../../app/backfills/start-backfill.ts';
import { openBackfills } from '../../app/compose/open-backfills.ts';
import { type LongestRun, longestRuns } from '../../app/runs/longest-runs.ts';
import { readRuns } from '../../app/runs/read-runs.ts';
import { abortOnSignals } from '../signals.ts';
import { checkRedis, openQueue } from '../../app/compose/open-queue.ts';
import type { Adapters } from '../../app/compose/adapters.ts';
import { wire } from '../../app/compose/wire.ts';

const LAST_RUNS_MS = 30 * 86_400_000;
const MOST_LONGEST = 5;

export async function backfill(options: BackfillOptions): Promise<void> {
  const selection = ask(() => selectionOf(options));
  const maxUsd = maxCostOf(options);
  const config = loadConfig(['warehouse', 'bucket']);
  const { signal, release } = abortOnSignals();
  const adapters = await wire(config, { createWarehouse: false, log: logOf(config) });
  try {
    if (!options.dryRun) await checkRedis(config.redis.reveal());
    const plan = await readPlanWithSteps(adapters, config, { selection, signal });
    sayWarnings(plan);
    for (const { error } of plan.refused) say(`refused: ${oneLine(error.sentence)}`);
    for (const line of lackingLines(plan, adapters.clock.now())) say(line);
    const pricing = pricingOf(config);
    const isEstimated = options.dryRun === true || maxUsd !== undefined;
    const estimated = isEstimated ? await estimate(adapters.source, plan.due, { pricing, signal }) : undefined;
    const work = { config, adapters, plan, estimated, options, signal };
    if (options.dryRun && estimated !== undefined) await tellPlan(work, estimated);
    if (estimated !== undefined && maxUsd !== undefined) checkCost(estimated, maxUsd);
    if (!options.dryRun) await enqueueAndFollow(work);
    throwIfIncomplete(plan);
  } finally {
    release();
    await adapters.close();
  }
}

interface Backfill {
  readonly config: Config;
  readonly adapters: Adapters;
  readonly plan: ProductPlan;
  /** Absent if nobody needs it: it takes the warehouse a request for each view. */
  readonly estimated: Estimate | undefined;
  readonly options: BackfillOptions;
  readonly signal: AbortSignal;
}

async function tellPlan({ config, adapters, plan, options, signal }: Backfill, estimated: Estimate): Promise<void> {
  const pricing = pricingOf(config);
  const print = options.json ? printPlanAsJson : printPlan;
  const longest = await longestOf(adapters, plan, signal);
  print({ plan, estimate: estimated, pricing, longest, now: adapters.clock.now() });
}

/** A plan is worth printing without it. */
async function longestOf(
  { reader, clock }: Adapters,
  { due }: ProductPlan,
  signal: AbortSignal,
): Promise<LongestRun[] | undefined> {
  try {
    const { runs } = await readRuns({ reader }, clock.now() - LAST_RUNS_MS, signal);
    return longestRuns(runs, due, MOST_LONGEST);
  } catch (error) {
    if (signal.aborted) throw error;
    say(`warning: earlier runs cannot be read: ${oneLine(toContrailError(error).sentence)}`);
    return undefined;
  }
}

async function enqueueAndFollow(work: Backfill): Promise<void> {
  const { config, adapters, plan, options, signal } = work;
  const queue = await openQueue(config);
  const backfills = openBackfills(config);
  try {
    const started = await enqueue(work, { queue, backfills });
    const { report, id } = started;
    // Workers on this machine need the DuckDB file while this process only waits.
    await adapters.close();
    const followed = options.wait
      ? await followBackfill({ queue, backfills, clock: adapters.clock, pricing: pricingOf(config) }, started, signal)
      : undefined;
    const print = options.json ? printBackfillAsJson : printBackfill;
    print({ plan, report, id, followed, now: adapters.clock.now() });
    if (followed === undefined) return;
    if (signal.aborted) sayStillQueued(followed, options, id);
    if (followed.failures.length > 0) {
      for (const failure of followed.failures) say(`failed: ${oneLine(`${failure.name}: ${failure.message}`)}`);
      throw new ContrailError('JOB_FAILED', `${plural(followed.failures.length, 'export')} failed; see above.`);
    }
    signal.throwIfAborted();
  } finally {
    await Promise.all([queue.close(), backfills.close()]);
  }
}

/** Records the files that cannot be made before the command ends. */
async function enqueue(
  { config, adapters, plan, estimated, options, signal }: Backfill,
  { queue, backfills }: { readonly queue: JobQueue; readonly backfills: Backfills },
): Promise<StartedBackfill> {
  const keeping = await startRecordKeeping(config, adapters, config.redis.reveal());
  try {
    const { store, clock, random, log } = adapters;
    const enqueuing = { queue, backfills, store, records: keeping.taker, clock, random, log };
    const priorityOf = ({ product, table, bytes }: DueFile) =>
      product === 'statistics' ? backfillPriority(bytes ?? estimated?.bytes.get(table ?? '')) : 1;
    const estimatedUsd = estimated === undefined ? {} : { estimatedUsd: estimated.usd };
    return await startBackfill(enqueuing, {
      plan,
      asked: { by: whoAsks(), selection: selectionText(options), ...estimatedUsd },
      options: { retryFailed: true, priorityOf },
      signal,
    });
  } finally {
    await keeping.stop();
  }
}

function throwIfIncomplete(plan: ProductPlan): void {
  const { refused, failures } = plan;
  if (refused.length > 0) {
    throw new ContrailError('JOB_FAILED', `${plural(refused.length, 'export')} cannot be made; see above.`);
  }
  if (failures.length > 0) throw new ContrailError('JOB_FAILED', 'Not all files could be planned; see above.');
}
