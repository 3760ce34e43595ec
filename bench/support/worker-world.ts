/** Worker processes of the command line on a Redis of their own, between a replay of BigQuery and a storage. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startPrivateRedis } from '../../src/adapters/redis-server/private-redis.ts';
import { type RunningProgram, runningProgram } from './child.ts';
import {
  BUCKET,
  type CountingStorage,
  PROJECT,
  startCountingStorage,
  startWarehouse,
  type Warehouse,
} from './services.ts';

const MAIN = fileURLToPath(new URL('./contrail-main.js', import.meta.url));

export interface WorkerWorldOptions {
  /** Experiments that the API lists. */
  readonly slugs: readonly string[];
  /** How long each answer of the storage takes. */
  readonly latencyMs?: number;
  /** Settings besides the addresses. */
  readonly settings?: Readonly<Record<string, string>>;
  /** An empty folder. */
  readonly folder: string;
}

export interface Worker extends RunningProgram {
  /** Resolves when so many jobs of that queue are done, in this process. Rejects when it ends before. */
  readonly jobsDone: (queue: string, count: number) => Promise<void>;
  /** Resolves when it takes jobs. */
  readonly ready: Promise<void>;
}

export interface WorkerWorld {
  readonly warehouse: Warehouse;
  readonly storage: CountingStorage;
  /** Enqueues all statistics that are due, or all there are. */
  readonly enqueue: (...options: readonly string[]) => Promise<void>;
  /** `contrail worker`, with these options. */
  readonly startWorker: (...options: readonly string[]) => Worker;
}

/** Does something in a world and takes it down. Workers are stopped by who started them. */
export async function withWorkers<Result>(
  options: WorkerWorldOptions,
  work: (world: WorkerWorld) => Promise<Result>,
): Promise<Result> {
  const { latencyMs = 0 } = options;
  const warehouse = await startWarehouse({ datasets: ['mozanalysis', 'monitoring'] });
  const storage = await startCountingStorage({ latencyMs });
  const redis = await startPrivateRedis();
  try {
    const environment = environmentOf(options, { warehouse, storage, redisUrl: redis.url });
    const start = (arguments_: readonly string[]) => startContrail(arguments_, options.folder, environment);
    return await work({
      warehouse,
      storage,
      enqueue: (...more) => runToEnd(start(['backfill', '--product', 'statistics', ...more])),
      startWorker: (...more) => workerOf(start(['worker', ...more])),
    });
  } finally {
    await Promise.all([warehouse.stop(), storage.stop(), redis.stop()]);
  }
}

interface Addresses extends Pick<WorkerWorld, 'warehouse' | 'storage'> {
  readonly redisUrl: string;
}

function environmentOf({ slugs, folder, settings }: WorkerWorldOptions, { warehouse, storage, redisUrl }: Addresses) {
  const experiments = join(folder, 'experiments.json');
  writeFileSync(experiments, JSON.stringify(slugs.map((slug) => ({ slug }))));
  return {
    CONTRAIL_REDIS: redisUrl,
    CONTRAIL_WAREHOUSE: `bigquery://${PROJECT}?location=US`,
    CONTRAIL_BUCKET: `gs://${BUCKET}`,
    CONTRAIL_EXPERIMENTER: `file:${experiments}`,
    CONTRAIL_RECORDS_SPOOL: join(folder, 'spool'),
    BIGQUERY_EMULATOR_HOST: warehouse.restUrl,
    BIGQUERY_STORAGE_EMULATOR_HOST: warehouse.grpcAddress,
    STORAGE_EMULATOR_HOST: storage.url,
    ...settings,
  };
}

interface StartedContrail extends RunningProgram {
  /** Calls back with each line that it logs, from now on. */
  readonly onLine: (listener: (line: string) => void) => void;
  readonly ended: Promise<number | null>;
}

/** Starts a command, without the variables of this process. */
function startContrail(
  arguments_: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>>,
): StartedContrail {
  const child = spawn(process.execPath, [MAIN, ...arguments_], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines = createInterface({ input: child.stderr });
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null);
  return { ...runningProgram(child), ended, onLine: (listener) => void lines.on('line', listener) };
}

async function runToEnd(command: StartedContrail): Promise<void> {
  const said: string[] = [];
  command.onLine((line) => said.push(line));
  if ((await command.ended) !== 0) throw new Error(said.join('\n'));
}

function workerOf(command: StartedContrail): Worker {
  const wait = (isIt: (line: string) => boolean, count: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const said: string[] = [];
      let seen = 0;
      command.onLine((line) => {
        if (!line.includes('"job done"')) said.push(line);
        if (isIt(line) && ++seen === count) resolve();
      });
      void command.ended.then(() => reject(new Error(`The worker ended too early:\n${said.slice(-20).join('\n')}`)));
    });
  const ready = wait((line) => line.includes('"taking jobs"'), 1);
  return {
    child: command.child,
    stop: command.stop,
    ready,
    jobsDone: (queue, count) =>
      wait((line) => line.includes('"job done"') && line.includes(`"queue":"${queue}"`), count),
  };
}
