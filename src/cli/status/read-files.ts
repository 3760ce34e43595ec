/** Where `contrail status` gets the states of files: from the freshness index, or from a plan of its own. */
import { openFreshnessIndex } from '../../app/compose/open-freshness-index.ts';
import { checkRedis } from '../../app/compose/open-queue.ts';
import { troublesOfRedis } from '../../app/compose/redis-troubles.ts';
import { clockOf, wire } from '../../app/compose/wire.ts';
import { indexedStates, type IndexedStates } from '../../app/freshness/indexed-states.ts';
import { readStatus, type Status, withQueues } from '../../app/status.ts';
import type { Config } from '../../config/load-config.ts';
import { formatAge } from '../../domain/age-text.ts';
import type { ContrailError } from '../../domain/errors.ts';
import { isSlugOf } from '../../domain/slug.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import type { ProductName } from '../../producer/product-plan.ts';
import { PRODUCTS } from '../../producer/product-plan.ts';
import { logOf } from '../log.ts';
import { oneLine, say } from '../output.ts';
import { type PlanWarning, readPlanWithSteps, sayWarnings, warningsOf } from '../read-plan.ts';
import { refusedRecords } from '../refused-records.ts';

export interface FilesRequest {
  readonly config: Config;
  readonly queue: JobQueue;
  readonly slug: string | undefined;
  readonly products: readonly ProductName[];
  readonly signal: AbortSignal;
}

export interface ReadFiles extends Status {
  readonly source: 'index' | 'plan';
  /** When the files were looked at, milliseconds since 1970. */
  readonly checkedAt: number;
  readonly warnings: readonly PlanWarning[];
  /** Why there is nothing to show. */
  readonly missing?: ContrailError;
}

/** From the index, if a scan ended lately and knows the experiment. */
export async function readIndexedFiles(request: FilesRequest): Promise<ReadFiles | undefined> {
  const { config, queue, slug, products, signal } = request;
  const redis = config.redis.reveal();
  const isThere = await checkRedis(redis).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const found = await readIndex(request);
  if (found.kind === 'none') say('No scan of `contrail schedule` has ended yet. Looking at all sources now.');
  if (found.kind === 'old') {
    const age = formatAge(clockOf(config).now() - found.at);
    say(`The last scan ended ${age} ago; is \`contrail schedule\` running? Looking at all sources now.`);
  }
  if (found.kind !== 'states') return undefined;
  const files = found.files.filter(
    ({ product, experiment }) => products.includes(product) && (slug === undefined || isSlugOf(slug, experiment)),
  );
  // Planning knows what an unknown slug may have meant.
  if (slug !== undefined && files.length === 0) return undefined;
  for (const { sentence } of found.unread) say(`warning: ${oneLine(sentence)}`);
  const deps = {
    queue,
    refusedRecords: () => refusedRecords(config),
    redisTroubles: () => troublesOfRedis(config),
  };
  const isWhole = isEverything(request) && found.unread.length === 0;
  return {
    ...(await withQueues(deps, files, { isWhole }, signal)),
    source: 'index',
    checkedAt: found.at,
    warnings: found.unread.map(({ code, sentence }) => ({ code, message: sentence })),
  };
}

async function readIndex({ config, queue, signal }: FilesRequest): Promise<IndexedStates> {
  const index = openFreshnessIndex(config);
  try {
    const limits = { lagMs: config['freshness.lag'], scanIntervalMs: config['schedule.interval'] };
    return await indexedStates({ index, queue, clock: clockOf(config), ...limits }, signal);
  } finally {
    index.close();
  }
}

function isEverything({ slug, products }: FilesRequest): boolean {
  return slug === undefined && products.length === PRODUCTS.length;
}

export async function readPlannedFiles(request: FilesRequest): Promise<ReadFiles> {
  const { config, queue, slug, products, signal } = request;
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
    await adapters.close();
  }
}
