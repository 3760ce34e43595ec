/** Both services on loopback, and the command line that is told of them. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Environment, runContrail, startContrail } from './contrail.ts';
import { temporaryFolder } from './duckdb.ts';
import { freshRedis } from './redis.ts';
import { type ReplayServerOptions, startReplayServer } from './replay-server/replay-server.ts';
import { GcsServer } from '../unit/adapters/gcs/gcs-server.ts';

export const PROJECT = 'replay-project';
export const VIEW = 'statistics_my_slug_weekly';
export const OBJECT = `statistics/${VIEW}.json`;
/** The sums of the bytes that were published, whatever they are. */
export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The ids of the parts of very large tables that a worker has done, by its log. */
export function partsDone(log: string): string[] {
  return [...log.matchAll(/"queue":"statistics-parts","jobId":"([^"]+)"[^\n]*"msg":"job done"/g)].map(
    ([, id = '']) => id,
  );
}

/** A view of statistics, and the monitoring dataset beside it. */
export const view = (rows: number, windows = 2) => ({
  name: `mozanalysis.${VIEW}`,
  kind: 'view' as const,
  generate: { rows, windows },
});

export async function googleWorld(options: ReplayServerOptions, changes: Environment = {}) {
  const replay = await startReplayServer({ project: PROJECT, ...options });
  const storage = await GcsServer.start();
  onTestFinished(async () => {
    await Promise.all([replay.stop(), storage.stop()]);
  });
  replay.catalog.addDataset('monitoring');
  const cwd = temporaryFolder();
  const experiments = join(cwd, 'experiments.json');
  writeFileSync(experiments, JSON.stringify([{ slug: 'my-slug' }]));
  const { redisUrl, prefix } = freshRedis();
  const environment: Environment = {
    CONTRAIL_WAREHOUSE: `bigquery://${PROJECT}?location=US`,
    CONTRAIL_BUCKET: 'gs://bucket',
    CONTRAIL_EXPERIMENTER: `file:${experiments}`,
    CONTRAIL_REDIS: redisUrl,
    CONTRAIL_QUEUE_PREFIX: prefix,
    CONTRAIL_RECORDS_WINDOW: '1s',
    BIGQUERY_EMULATOR_HOST: replay.restUrl,
    BIGQUERY_STORAGE_EMULATOR_HOST: replay.grpcAddress,
    STORAGE_EMULATOR_HOST: storage.url,
    ...changes,
  };
  const contrail = (...arguments_: readonly string[]) => runContrail(arguments_, { environment, cwd });
  return {
    replay,
    storage,
    environment,
    contrail,
    start: (...arguments_: readonly string[]) => startContrail(arguments_, { environment, cwd }),
    /** One export at once. */
    run: (...more: readonly string[]) =>
      contrail('run', 'statistics', '--experiment', 'my-slug', '--period', 'weekly', ...more),
    /** The published bytes. */
    published: (name = OBJECT): Buffer | undefined => storage.bucket.objects.get(name)?.bytes,
    /** The log rows that were written. */
    logged: () => replay.rowsOf('monitoring.logs'),
  };
}
