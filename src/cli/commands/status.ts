/** `contrail status`: files with problems, files in the queue, and the state of the queues. */
import { loadConfig } from '../../config/load-config.ts';
import { readStatus } from '../../app/status.ts';
import { ContrailError } from '../../domain/errors.ts';
import { ask } from '../help.ts';
import { logOf } from '../log.ts';
import { oneLine, plural, printJson, printResult, say } from '../output.ts';
import { readPlanWithSteps, sayWarnings, warningsOf } from '../read-plan.ts';
import { printRefusedRecords, refusedRecords } from '../refused-records.ts';
import { abortOnSignals } from '../signals.ts';
import { filterOf, isAlarming, isWanted, type StatusOptions } from '../status/options.ts';
import { fileLines, printQueues, printStrays, printTotals, problemsFirst, totalsOf } from '../status/print-status.ts';
import { PRODUCTS } from '../../producer/product-plan.ts';
import { checkRedis, openQueue } from '../../app/compose/open-queue.ts';
import { troublesOfRedis } from '../../app/compose/redis-troubles.ts';
import { wire } from '../../app/compose/wire.ts';

export async function status(slug: string | undefined, options: StatusOptions): Promise<void> {
  const filter = ask(() => filterOf(options));
  const config = loadConfig(['warehouse', 'bucket']);
  const adapters = await wire(config, { createWarehouse: false, log: logOf(config) });
  const { signal, release } = abortOnSignals();
  const queue = await openQueue(config);
  try {
    const experiments = slug === undefined ? [] : [slug];
    const selection = { experiments, periods: [], apps: [], force: false, products: filter.products };
    const plan = await readPlanWithSteps(adapters, config, { selection, signal });
    sayWarnings(plan);
    const { trouble, ...found } = await readStatus(
      {
        queue,
        checkQueue: () => checkRedis(config.redis.reveal()),
        refusedRecords: () => refusedRecords(config),
        redisTroubles: () => troublesOfRedis(config),
        reader: adapters.reader,
        clock: adapters.clock,
        lagMs: config['freshness.lag'],
        onTrouble: ({ sentence }) => say(`warning: ${oneLine(sentence)}`),
      },
      plan,
      { isWhole: slug === undefined && filter.products.length === PRODUCTS.length },
      signal,
    );
    const files = problemsFirst(found.files.filter((file) => isWanted(file, filter, slug)));
    const { queues, refused, redis = [], strays = [] } = found;
    for (const sentence of redis) say(`warning: ${oneLine(sentence)}`);
    const byState = files.filter(({ state }) => filter.states?.includes(state) ?? true);
    if (options.json) {
      const warnings = warningsOf(plan);
      printJson({
        totals: totalsOf(files),
        queues: queues ?? null,
        refusedRecords: refused ?? null,
        files: byState,
        warnings,
        redis,
        strays,
      });
    } else {
      const isListed = options.all || filter.states !== undefined || slug !== undefined;
      const listed = isListed ? byState : byState.filter(({ state }) => state !== 'fresh');
      for (const line of fileLines(listed, adapters.clock.now())) printResult(line);
      printTotals(files, files.length - listed.length);
      printQueues(queues ?? {});
      printStrays(strays);
      if (refused !== undefined) printRefusedRecords(refused);
    }
    if (trouble !== undefined) throw trouble;
    // Without the dataset there is nothing to show. Other sources that fail are warnings.
    const missing = plan.failures.find(({ error }) => error.code === 'DATASET_MISSING');
    if (missing !== undefined) throw missing.error;
    const alarming = files.filter((file) => isAlarming(file, filter)).length;
    if (options.exitStatus && alarming > 0) {
      throw new ContrailError('JOB_FAILED', `${plural(alarming, 'file')} ${alarming === 1 ? 'needs' : 'need'} a look.`);
    }
  } finally {
    release();
    await queue.close();
    await adapters.close();
  }
}
