/** `contrail demo`: everything on one machine, on a sample, with a page to look at. */
import { installRedisServer } from '../../adapters/redis-server/find-redis-server.ts';
import { startPrivateRedis } from '../../adapters/redis-server/private-redis.ts';
import { type Config, isSet, loadConfig } from '../../config/load-config.ts';
import { ContrailError } from '../../domain/errors.ts';
import { type DemoParts, DemoRun } from '../demo/demo-run.ts';
import { SAMPLE_METRIC_HUB } from '../demo/sample.ts';
import { prepareDemo } from '../demo/prepare-demo.ts';
import { ask } from '../help.ts';
import { printResult, say } from '../output.ts';
import { abortOnSignals } from '../signals.ts';
import { startWeb, type WebServer } from '../start-web.ts';
import { openQueue, wire } from '../wire.ts';
import { readPort } from './web.ts';

interface Options {
  readonly port?: string;
  readonly exit?: true;
}

const FOLDER = 'demo-data';
const PREFERRED_PORT = 8080;

export async function demo(options: Options): Promise<void> {
  const port = ask(() => readPort(options.port));
  const config = demoConfig();
  const { signal, release } = abortOnSignals(() => say('Stopping …'));
  const redis = await ownOrPrivateRedis(config);
  try {
    const parts = await wireDemo(config);
    try {
      await runDemo({ config, parts, redis, port, signal, isToExit: options.exit ?? false });
    } finally {
      await parts.close();
    }
  } catch (error) {
    if (!(signal.aborted && !options.exit)) throw error;
  } finally {
    release();
    await redis.stop();
  }
}

interface DemoSetup {
  readonly config: Config;
  readonly parts: DemoParts;
  readonly redis: DemoRedis;
  readonly port: number | undefined;
  readonly signal: AbortSignal;
  readonly isToExit: boolean;
}

async function runDemo({ config, parts, redis, port, signal, isToExit }: DemoSetup): Promise<void> {
  say('Contrail demo: statistics tables of sample experiments become the files that the console reads.\n');
  const isNew = await prepareDemo(parts, {
    dataset: config.resultsDataset,
    experimentsPath: `${FOLDER}/experiments.json`,
  });
  const web = await startPages(config, parts, { port, redisUrl: redis.url });
  say(`  Warehouse  ${parts.duckdb.path}${isNew ? ' (just made from the sample)' : ''}`);
  say(`  Files      ${parts.store.url}`);
  say(`  Redis      ${redis.isPrivate ? 'private, for this demo alone' : 'yours, of CONTRAIL_REDIS'}`);
  say(`  Pages      ${web.url}   queues: ${web.url}/queues   files: ${web.url}/objects/\n`);
  const queue = await openQueue(config, redis.url);
  const run = new DemoRun({ config, parts, redisUrl: redis.url, queue, signal });
  try {
    const summary = await run.once({ changeFirst: !isNew });
    printResult(summary.text);
    if (!summary.isAsIntended) {
      throw new ContrailError('JOB_FAILED', 'An export did not end as the sample intends; see above.');
    }
    if (!isToExit) await run.untilStopped();
  } finally {
    await run.stop();
    await queue.close();
    await web.stop();
  }
}

/** The demo's adapters: its warehouse is a DuckDB file, which it changes too. */
async function wireDemo(config: Config): Promise<DemoParts> {
  const { duckdb, ...parts } = await wire(config, { createWarehouse: true, keepWarehouseOpen: true });
  if (duckdb === undefined) throw new ContrailError('INTERNAL', 'The demo has no DuckDB file.');
  return { ...parts, duckdb };
}

/** The demo's own places, whatever the environment says of others. */
function demoConfig(): Config {
  return loadConfig([], {
    overrides: {
      CONTRAIL_WAREHOUSE: `duckdb:${FOLDER}/contrail.duckdb`,
      CONTRAIL_BUCKET: `file:${FOLDER}/bucket`,
      CONTRAIL_EXPERIMENTER: `file:${FOLDER}/experiments.json`,
      CONTRAIL_METRIC_HUB: `file:${SAMPLE_METRIC_HUB}`,
      CONTRAIL_RESULTS_DATASET: 'mozanalysis',
      CONTRAIL_MONITORING_DATASET: 'monitoring',
      CONTRAIL_RECORDS_WINDOW: '2s',
      CONTRAIL_RECORDS_SPOOL: `${FOLDER}/spool`,
    },
  });
}

interface DemoRedis {
  readonly url: string;
  readonly isPrivate: boolean;
  readonly stop: () => Promise<void>;
}

async function ownOrPrivateRedis(config: Config): Promise<DemoRedis> {
  if (isSet('redis')) return { url: config.redis.reveal(), isPrivate: false, stop: () => Promise.resolve() };
  const program = await installRedisServer();
  const { url, stop } = await startPrivateRedis({ program, folder: `${FOLDER}/redis`, appendonly: true });
  return { url, isPrivate: true, stop };
}

/** The preferred port, or any free one where nobody asked for a certain one. */
async function startPages(
  config: Config,
  parts: Parameters<typeof startWeb>[1],
  { port, redisUrl }: { readonly port: number | undefined; readonly redisUrl: string },
): Promise<WebServer> {
  const at = (candidate: number) => startWeb(config, parts, { host: '127.0.0.1', port: candidate, redisUrl });
  if (port !== undefined) return at(port);
  try {
    return await at(PREFERRED_PORT);
  } catch (error) {
    if (error instanceof ContrailError && error.code === 'PORT_UNUSABLE') return at(0);
    throw error;
  }
}
