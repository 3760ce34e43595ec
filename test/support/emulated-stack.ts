/** The emulators of both services with datasets and a bucket, and what the command line must be told of them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { makeBucket } from '../../tools/seed/emulated-bucket.ts';
import { EmulatedWarehouse } from '../../tools/seed/emulated-warehouse.ts';
import { type Environment, runContrail, startContrail } from './contrail.ts';
import { temporaryFolder } from './duckdb.ts';
import { type BigQueryEmulator, startBigQueryEmulator, startGcsEmulator } from './emulators.ts';
import { freshRedis } from './redis.ts';

export const RESULTS = 'mozanalysis';
const BUCKET = 'published';
/** The emulator takes its time. */
const LONGEST_RUN_MS = 240_000;

export interface EmulatedStack {
  readonly emulator: BigQueryEmulator;
  readonly warehouse: EmulatedWarehouse;
  /** The settings of its commands. */
  readonly environment: Environment;
  /** The bytes of a published object as text; undefined where there is none. */
  readonly published: (name: string) => Promise<string | undefined>;
  /** Runs a command to its end. */
  readonly contrail: (arguments_: readonly string[]) => ReturnType<typeof runContrail>;
  /** Starts a command that goes on. */
  readonly start: (arguments_: readonly string[]) => ReturnType<typeof startContrail>;
}

/** Starts emulators of their own for a test; they end with it. */
export async function startEmulatedStack(): Promise<EmulatedStack> {
  const [emulator, storage] = await Promise.all([startBigQueryEmulator(), startGcsEmulator()]);
  onTestFinished(async () => {
    await Promise.all([emulator.stop(), storage.stop()]);
  });
  const never = new AbortController().signal;
  const { project, restUrl } = emulator;
  const warehouse = new EmulatedWarehouse({ project, apiEndpoint: restUrl, signal: never });
  await warehouse.makeDataset(RESULTS);
  await warehouse.makeDataset('monitoring');
  await makeBucket(storage.url, BUCKET, never);
  const cwd = temporaryFolder();
  const environment = environmentOf(emulator, storage.url, cwd);
  const options = { environment, cwd, longestRunMs: LONGEST_RUN_MS };
  return {
    emulator,
    warehouse,
    environment,
    published: (name) => readObject(`${storage.url}/storage/v1/b/${BUCKET}/o/${encodeURIComponent(name)}`),
    contrail: (arguments_) => runContrail(arguments_, options),
    start: (arguments_) => startContrail(arguments_, options),
  };
}

function environmentOf(emulator: BigQueryEmulator, storageUrl: string, folder: string): Environment {
  const { redisUrl, prefix } = freshRedis();
  const experiments = join(folder, 'experiments.json');
  writeFileSync(experiments, '[]');
  return {
    CONTRAIL_WAREHOUSE: `bigquery://${emulator.project}`,
    CONTRAIL_BUCKET: `gs://${BUCKET}`,
    CONTRAIL_RESULTS_DATASET: RESULTS,
    CONTRAIL_EXPERIMENTER: `file:${experiments}`,
    CONTRAIL_REDIS: redisUrl,
    CONTRAIL_QUEUE_PREFIX: prefix,
    BIGQUERY_EMULATOR_HOST: emulator.restUrl,
    BIGQUERY_STORAGE_EMULATOR_HOST: emulator.grpcAddress,
    STORAGE_EMULATOR_HOST: storageUrl,
  };
}

async function readObject(url: string): Promise<string | undefined> {
  const reply = await fetch(`${url}?alt=media`);
  const text = await reply.text();
  return reply.ok ? text : undefined;
}
