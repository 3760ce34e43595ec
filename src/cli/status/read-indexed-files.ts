/** The states of files from the freshness index, if a scan ended lately and knows the experiment. */
import { openFreshnessIndex } from '../../app/compose/open-freshness-index.ts';
import { checkRedis, openQueue } from '../../app/compose/open-queue.ts';
import { openQueueWatch } from '../../app/compose/open-queue-watch.ts';
import { troublesOfRedis } from '../../app/compose/redis-troubles.ts';
import { clockOf } from '../../app/compose/wire.ts';
import { indexedStates, type IndexedStates } from '../../app/freshness/indexed-states.ts';
import { withQueues } from '../../app/status.ts';
import type { Config } from '../../config/load-config.ts';
import { formatAge } from '../../domain/age-text.ts';
import { isSlugOf } from '../../domain/slug.ts';
import { FILE_QUEUES } from '../../jobs/job-kinds.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import { hasOpenJobs, type QueueStates, queueStates, statesOfLook } from '../../queue/queue-states.ts';
import { oneLine, say } from '../output.ts';
import { refusedRecords } from '../refused-records.ts';
import { type FilesRequest, isEverything, type ReadFiles } from './files-request.ts';

type ReadableJobs = Pick<JobQueue, 'openIds' | 'find'>;

/** What a queue without open jobs answers. */
const NO_JOBS: ReadableJobs = { openIds: async () => [], find: async () => [] };

export async function readIndexedFiles(request: FilesRequest): Promise<ReadFiles | undefined> {
  const { config } = request;
  const look = await lookAtQueues(config);
  if (look === undefined && !(await isRedisThere(config))) return undefined;
  // BullMQ takes long to load, and has nothing to tell while no job is open.
  if (look !== undefined && !FILE_QUEUES.some((name) => hasOpenJobs(look[name])))
    return readStates(request, { queue: NO_JOBS, queues: look });
  const queue = await openQueue(config);
  try {
    return await readStates(request, { queue, queues: look ?? (await queueStates(queue)) });
  } finally {
    await queue.close();
  }
}

/** Undefined while Redis is away, unfit, or full: a look also finds out whether it takes any writes. */
async function lookAtQueues(config: Config): Promise<QueueStates | undefined> {
  const watch = await openQueueWatch(config);
  try {
    return statesOfLook(await watch.look());
  } catch {
    return undefined;
  } finally {
    watch.close();
  }
}

function isRedisThere(config: Config): Promise<boolean> {
  return checkRedis(config.redis.reveal()).then(
    () => true,
    () => false,
  );
}

async function readStates(
  request: FilesRequest,
  { queue, queues }: { readonly queue: ReadableJobs; readonly queues: QueueStates },
): Promise<ReadFiles | undefined> {
  const { config, slug, products, signal } = request;
  const found = await readIndex(request, queue);
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
    queueStates: async () => queues,
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

async function readIndex({ config, signal }: FilesRequest, queue: ReadableJobs): Promise<IndexedStates> {
  const index = openFreshnessIndex(config);
  try {
    const limits = { lagMs: config['freshness.lag'], scanIntervalMs: config['schedule.interval'] };
    return await indexedStates({ index, queue, clock: clockOf(config), ...limits }, signal);
  } finally {
    index.close();
  }
}
