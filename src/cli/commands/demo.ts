/** `contrail demo`: everything on one machine, with sample data and pages. */
import { systemClock } from '../../adapters/system/clock.ts';
import { enterDemo } from '../../config/demo-environment.ts';
import { type Config, loadConfig } from '../../config/load-config.ts';
import { secretUrl } from '../../config/setting-types.ts';
import { ContrailError } from '../../domain/errors.ts';
import { asOwnerOfDemo, explainFullDisk, prepareDemoFolder, writeRunning } from '../demo/demo-folder.ts';
import { type DemoRedis, openDemoRedis } from '../demo/demo-redis.ts';
import { type DemoAdapters, DemoRun } from '../demo/demo-run.ts';
import { DEMO_EXPERIMENTS, demoSettings, ignoredSentence } from '../demo/demo-settings.ts';
import { prepareDemo } from '../demo/prepare-demo.ts';
import { ask } from '../help.ts';
import { logOf } from '../log.ts';
import { printResult, say } from '../output.ts';
import { abortOnSignals } from '../signals.ts';
import { startWeb, type WebOptions, type WebServer } from '../../app/web/start-web.ts';
import { openFreshnessIndex } from '../../app/compose/open-freshness-index.ts';
import { openQueue } from '../../app/compose/open-queue.ts';
import { wire } from '../../app/compose/wire.ts';
import { openObservation } from '../../app/observe/open-observation.ts';
import { readPort } from './web.ts';

interface Options {
  readonly port?: string;
  readonly redis?: string;
  readonly install: boolean;
  readonly exit?: true;
}

const PREFERRED_PORT = 8080;

export async function demo(options: Options): Promise<void> {
  const port = ask(() => readPort(options.port));
  const url = ask(() => readRedis(options.redis));
  prepareDemoFolder();
  const { signal, release } = abortOnSignals(() => say('Stopping …'));
  try {
    await asOwnerOfDemo(signal, async () => {
      const redis = await openDemoRedis({
        mayInstall: options.install,
        clock: systemClock,
        signal,
        ...(url === undefined ? {} : { url }),
      });
      try {
        await demoOn(redis, { port, signal, isToExit: options.exit ?? false });
      } finally {
        await redis.stop();
      }
    });
  } catch (error) {
    if (!(signal.aborted && !options.exit)) throw explainFullDisk(error);
  } finally {
    release();
  }
}

interface DemoOptions {
  readonly port: number | undefined;
  readonly signal: AbortSignal;
  readonly isToExit: boolean;
}

async function demoOn(redis: DemoRedis, options: DemoOptions): Promise<void> {
  const ignored = ignoredSentence(enterDemo(demoSettings(redis.url)));
  const config = loadConfig([]);
  const adapters = await wireDemo(config);
  try {
    await runDemo({ ...options, config, adapters, redis, ignored });
  } finally {
    await adapters.close();
  }
}

interface DemoSetup extends DemoOptions {
  readonly config: Config;
  readonly adapters: DemoAdapters;
  readonly redis: DemoRedis;
  readonly ignored: string | undefined;
}

async function runDemo({ config, adapters, redis, ignored, port, signal, isToExit }: DemoSetup): Promise<void> {
  say('Contrail demo: statistics tables of sample experiments become the JSON files that Experimenter reads.\n');
  if (ignored !== undefined) say(`${ignored}\n`);
  const { clock, log } = adapters;
  const observation = await openObservation(config, { clock, log, redisUrl: redis.url });
  const web = await startPages(config, adapters, { port, redisUrl: redis.url, observation });
  writeRunning({ command: 'contrail demo', ...redisToJoin(redis), pages: web.url });
  const queue = await openQueue(config);
  const index = openFreshnessIndex(config);
  const run = new DemoRun({ config, adapters, redisUrl: redis.url, queue, index, observation, signal });
  try {
    const isNew = await prepareDemo(adapters, { dataset: config.resultsDataset, experimentsPath: DEMO_EXPERIMENTS });
    say(`  Warehouse  ${adapters.duckdb.path}${isNew ? ' (just made from the sample)' : ''}`);
    say(`  Files      ${adapters.store.url}`);
    say(`  Redis      ${redis.isPrivate ? 'private, only for this demo' : 'given by --redis, prefix contrail-demo'}`);
    say(`  Pages      ${web.url}   queues: ${web.url}/queues   files: ${web.url}/objects/\n`);
    const summary = await run.once({ changeFirst: !isNew });
    printResult(summary.text);
    if (!summary.isAsIntended) {
      throw new ContrailError('JOB_FAILED', 'An export of the sample ended unexpectedly; see above.');
    }
    say(nextSteps(isToExit));
    if (!isToExit) await run.untilStopped();
  } finally {
    await run.stop();
    await queue.close();
    index.close();
    await web.stop();
    observation.close();
  }
}

function nextSteps(isToExit: boolean): string {
  return `
Next, ${isToExit ? 'in this folder' : 'in another terminal in this folder'}:
  npx contrail --demo status                                    which files are published, which are not, and why
  npx contrail --demo run statistics --experiment newtab-topic-picker-three-way --period weekly --force
  npx contrail --demo backfill --force --dry-run                what a backfill would do`;
}

/** The demo's adapters. Its warehouse is a DuckDB file, which the demo changes and closes between exports. */
async function wireDemo(config: Config): Promise<DemoAdapters> {
  const { duckdb, ...adapters } = await wire(config, { createWarehouse: true, log: logOf(config) });
  if (duckdb === undefined) throw new ContrailError('INTERNAL', 'The demo has no DuckDB file.');
  return { ...adapters, duckdb };
}

/** A password given by --redis is not stored, so other commands can join only a Redis without one. */
function redisToJoin({ url, isPrivate }: DemoRedis): { readonly redisUrl: string; readonly isPrivate: boolean } {
  if (isPrivate) return { redisUrl: url, isPrivate };
  const address = new URL(url);
  address.username = '';
  address.password = '';
  return { redisUrl: address.href, isPrivate };
}

function readRedis(text: string | undefined): string | undefined {
  if (text === undefined || secretUrl(['redis', 'rediss']).safeParse(text).success) return text;
  // The value may hold a password, so it is not shown.
  throw new ContrailError('USAGE', '--redis has an invalid value; expected redis://host:port.');
}

/** Port 8080, or any free one if it is taken and --port is not given. */
async function startPages(
  config: Config,
  adapters: DemoAdapters,
  { port, ...options }: Pick<WebOptions, 'redisUrl' | 'observation'> & { readonly port: number | undefined },
): Promise<WebServer> {
  const pages = { ...adapters, wired: async () => adapters };
  const at = (candidate: number) => startWeb(config, pages, { host: '127.0.0.1', port: candidate, ...options });
  if (port !== undefined) return at(port);
  try {
    return await at(PREFERRED_PORT);
  } catch (error) {
    if (error instanceof ContrailError && error.code === 'PORT_UNUSABLE') return at(0);
    throw error;
  }
}
