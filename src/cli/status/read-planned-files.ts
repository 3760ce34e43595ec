/** The states of files from a plan, which asks all sources. */
import { checkRedis, openQueue } from '../../app/compose/open-queue.ts';
import { troublesOfRedis } from '../../app/compose/redis-troubles.ts';
import { wire } from '../../app/compose/wire.ts';
import { readStatus } from '../../app/status.ts';
import { logOf } from '../log.ts';
import { oneLine, say } from '../output.ts';
import { readPlanWithSteps, sayWarnings, warningsOf } from '../read-plan.ts';
import { refusedRecords } from '../refused-records.ts';
import { type FilesRequest, isEverything, type ReadFiles } from './files-request.ts';

export async function readPlannedFiles(request: FilesRequest): Promise<ReadFiles> {
  const { config, slug, products, signal } = request;
  const queue = await openQueue(config);
  const adapters = await wire(config, { createWarehouse: false, log: logOf(config) });
  try {
    const experiments = slug === undefined ? [] : [slug];
    const selection = { experiments, periods: [], apps: [], force: false, products };
    const plan = await readPlanWithSteps(adapters, config, { selection, signal });
    sayWarnings(plan);
    const status = await readStatus(
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
      { isWhole: isEverything(request) },
      signal,
    );
    // Without the dataset there is nothing to show. Other sources that fail are warnings.
    const missing = plan.failures.find(({ error }) => error.code === 'DATASET_MISSING')?.error;
    return {
      ...status,
      source: 'plan',
      checkedAt: adapters.clock.now(),
      warnings: warningsOf(plan),
      ...(missing === undefined ? {} : { missing }),
    };
  } finally {
    await Promise.all([adapters.close(), queue.close()]);
  }
}
