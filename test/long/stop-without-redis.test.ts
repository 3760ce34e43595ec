/** SIGTERM ends worker and scheduler in time, also when Redis does not answer any more. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { runStatements } from '../../src/adapters/duckdb/load-statistics.ts';
import { type Environment, runContrail, startContrail } from '../support/contrail.ts';
import { temporaryDuckDb, temporaryFolder } from '../support/duckdb.ts';
import { createLargeTable } from '../support/large-table.ts';
import { startRestartableRedis } from '../support/restartable-redis.ts';

const POLL = { timeout: 60_000, interval: 100 };

async function setup() {
  const redis = await startRestartableRedis();
  const folder = temporaryFolder();
  const warehouse = join(folder, 'warehouse.duckdb');
  writeFileSync(join(folder, 'experiments.json'), '[]');
  const environment: Environment = {
    CONTRAIL_WAREHOUSE: `duckdb:${warehouse}`,
    CONTRAIL_BUCKET: `file:${join(folder, 'bucket')}`,
    CONTRAIL_EXPERIMENTER: `file:${join(folder, 'experiments.json')}`,
    CONTRAIL_REDIS: redis.redisUrl,
    CONTRAIL_QUEUE_PREFIX: redis.prefix,
    CONTRAIL_DUCKDB_WAIT: '30s',
    CONTRAIL_WORKER_DRAIN_TIMEOUT: '2s',
    CONTRAIL_RECORDS_SPOOL: join(folder, 'spool'),
  };
  return {
    redis,
    bucket: join(folder, 'bucket'),
    spool: join(folder, 'spool'),
    file: temporaryDuckDb({ path: warehouse, waitMs: 30_000 }),
    start: (command: string) => startContrail(command.split(' '), { environment, cwd: folder }),
    contrail: (command: string) => runContrail(command.split(' '), { environment, cwd: folder }),
  };
}

const losses = [
  ['was killed', 'kill'],
  ['stands still', 'freeze'],
] as const;

it.each(losses)('ends an idle worker and the scheduler when Redis %s', async (_, lose) => {
  const { redis, start } = await setup();
  const worker = start('worker');
  const scheduler = start('schedule');
  await Promise.all([worker.says(/taking jobs/), scheduler.says(/scanned/)]);

  await redis[lose]();
  await sleep(1_000);
  worker.child.kill('SIGTERM');
  scheduler.child.kill('SIGTERM');

  // A process that does not end is killed by the test, and has no code then.
  expect((await worker.ended).code).toBe(0);
  expect((await scheduler.ended).code).toBe(0);
});

it.each(losses)(
  'ends a busy worker when Redis %s, with the records of what it finished on the disk',
  async (_, lose) => {
    const { redis, start, contrail, file, bucket, spool } = await setup();
    const path = join(bucket, 'statistics', 'statistics_large_weekly.json');
    await runStatements(file, createLargeTable('statistics_large_weekly', 400_000));
    await contrail('backfill --product statistics');
    const worker = start('worker');
    await expect.poll(() => isWriting(bucket), POLL).toBe(true);

    await redis[lose]();
    await expect.poll(() => existsSync(path), POLL).toBe(true);
    await expect.poll(() => recordsIn(spool), POLL).toContain('export_runs_v1');
    worker.child.kill('SIGTERM');

    expect((await worker.ended).code).toBe(0);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toHaveLength(400_000);
  },
);

function isWriting(bucket: string): boolean {
  const folder = join(bucket, '.contrail', 'tmp');
  return existsSync(folder) && readdirSync(folder).length > 0;
}

function recordsIn(spool: string): string {
  if (!existsSync(spool)) return '';
  return readdirSync(spool)
    .map((name) => readFileSync(join(spool, name), 'utf8'))
    .join('\n');
}
