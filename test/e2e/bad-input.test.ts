/** A user's mistake gets one clear sentence that names the thing and the remedy, the right exit code, and no stack trace. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { runStatements } from '../../src/adapters/duckdb/load-statistics.ts';
import { type ContrailRun, type Environment, runContrail } from '../support/contrail.ts';
import { queryRows, temporaryDuckDb, temporaryFolder } from '../support/duckdb.ts';
import { startTestRedis } from '../support/own-redis.ts';

const CREATE = `CREATE SCHEMA mozanalysis; CREATE TABLE mozanalysis.statistics_my_experiment_weekly AS
  SELECT 'm' AS metric, 'mean' AS statistic, NULL::DECIMAL(38,9) AS parameter, 'a' AS branch, NULL::VARCHAR AS comparison,
    NULL::VARCHAR AS comparison_to_branch, 0.95 AS ci_width, 1.5::DOUBLE AS point, 1.0::DOUBLE AS "lower",
    2.0::DOUBLE AS "upper", 'all' AS segment, 'enrollments' AS analysis_basis, 1::BIGINT AS window_index`;

async function setup(...statements: readonly string[]) {
  const folder = temporaryFolder();
  const file = temporaryDuckDb({ path: join(folder, 'warehouse.duckdb') });
  await runStatements(file, [...CREATE.split(';'), ...statements]);
  writeFileSync(join(folder, 'experiments.json'), JSON.stringify([]));
  const bucket = join(folder, 'bucket');
  const environment = {
    CONTRAIL_WAREHOUSE: `duckdb:${file.path}`,
    CONTRAIL_BUCKET: `file:${bucket}`,
    CONTRAIL_EXPERIMENTER: `file:${join(folder, 'experiments.json')}`,
    CONTRAIL_REDIS: inject('redisUrl'),
  };
  const contrail = (command: string, changes: Environment = {}) =>
    runContrail(command.split(' '), { environment: { ...environment, ...changes }, cwd: folder });
  return { folder, file, bucket, contrail };
}

const EXPORT = 'run statistics --experiment my-experiment --period weekly';

function expectRefusal(run: ContrailRun, code: number, ...texts: readonly string[]): void {
  expect({ code: run.code, stderr: run.stderr }).toMatchObject({ code });
  for (const text of texts) expect(run.stderr).toContain(text);
  expect(run.stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
}

describe('an argument that cannot be', () => {
  it('names the nearest known experiment', async () => {
    const { bucket, contrail } = await setup();

    const run = await contrail('run statistics --experiment my-experimnet --period weekly');

    expectRefusal(run, 1, 'Unknown experiment "my-experimnet"', 'my_experiment');
    expect(existsSync(bucket)).toBe(false);
  });

  it('names the nearest period', async () => {
    const { contrail } = await setup();

    expectRefusal(await contrail('run statistics --experiment my-experiment --period wekly'), 2, 'wekly', 'weekly');
    expectRefusal(await contrail('backfill --period day --dry-run'), 2, 'day', 'daily');
  });

  it('names the periods that have results where one has none, and records the error', async () => {
    const { file, contrail } = await setup();

    const run = await contrail('run statistics --experiment my-experiment --period daily');

    expectRefusal(run, 1, 'my-experiment has no daily results', 'It has results for weekly');
    expect(await queryRows(file, 'SELECT experiment, log_level, exception_type FROM monitoring.logs')).toEqual([
      { experiment: 'my-experiment', log_level: 'ERROR', exception_type: 'ResultsMissingException' },
    ]);
  });

  it('says which product, queue, port and command there are', async () => {
    const { contrail } = await setup();

    expectRefusal(await contrail('backfill --product statistic --dry-run'), 2, 'statistic', 'statistics');
    expectRefusal(await contrail('worker --queue statistic --drain'), 2, 'statistic', 'statistics');
    expectRefusal(await contrail('worker --concurrency none'), 2, '--concurrency', 'none');
    expectRefusal(await contrail('web --port 99999'), 2, '--port', '99999');
    expectRefusal(await contrail('web --host 0.0.0.0'), 2, '0.0.0.0');
    expectRefusal(await contrail('backfil'), 2, 'backfil');
  });

  it('refuses a slug that is no slug before anything is contacted', async () => {
    const { contrail } = await setup();

    const run = await runContrail(['run', 'statistics', '--experiment', 'a\u0007b', '--period', 'weekly']);
    const long = await contrail(`run statistics --experiment ${'x'.repeat(81)} --period weekly`);

    expectRefusal(run, 2, 'control characters');
    expectRefusal(long, 2, '80');
  });
});

describe('a setting that cannot be used', () => {
  it('reports all problems together, with variable and remedy', async () => {
    const { contrail } = await setup();

    const run = await contrail(EXPORT, {
      CONTRAIL_WAREHOUSE: 'postgres://x',
      CONTRAIL_BUKET: 'file:x',
      CONTRAIL_NOW: 'now',
    });

    expectRefusal(run, 2, 'CONTRAIL_WAREHOUSE', 'duckdb:', 'CONTRAIL_BUKET', 'CONTRAIL_BUCKET', 'CONTRAIL_NOW');
  });

  it('says which variable is missing', async () => {
    const run = await runContrail(EXPORT.split(' '));

    expectRefusal(run, 2, '`CONTRAIL_WAREHOUSE` is not set', '`CONTRAIL_BUCKET` is not set');
  });
});

describe('a warehouse that cannot be read', () => {
  it('names column and type that have no place in the format, and records the error', async () => {
    const { file, bucket, contrail } = await setup(
      'ALTER TABLE mozanalysis.statistics_my_experiment_weekly ADD COLUMN odd INTERVAL',
    );

    const run = await contrail(EXPORT);

    expectRefusal(run, 1, 'odd', 'INTERVAL');
    expect(existsSync(join(bucket, 'statistics'))).toBe(false);
    expect(await queryRows(file, 'SELECT exception_type FROM monitoring.logs')).toEqual([
      { exception_type: 'ColumnTypeUnsupportedException' },
    ]);
  });

  it('refuses a file that is not a DuckDB file, or is missing, and makes none', async () => {
    const { folder, contrail } = await setup();
    writeFileSync(
      join(folder, 'text.duckdb'),
      'this is not a database, though it is long enough to look like one'.repeat(100),
    );

    const text = await contrail(EXPORT, { CONTRAIL_WAREHOUSE: 'duckdb:text.duckdb' });
    const missing = await contrail(EXPORT, { CONTRAIL_WAREHOUSE: 'duckdb:missing.duckdb' });

    expectRefusal(text, 1, 'text.duckdb');
    expectRefusal(missing, 1, 'missing.duckdb');
    expect(existsSync(join(folder, 'missing.duckdb'))).toBe(false);
  });

  it('lets the other exports go on when one view fails', async () => {
    const { bucket, contrail } = await setup(
      'CREATE TABLE mozanalysis.gone AS SELECT 1 AS metric',
      'CREATE VIEW mozanalysis.statistics_broken_weekly AS SELECT * FROM mozanalysis.gone',
      'DROP TABLE mozanalysis.gone',
      // Without one, the view's source would count as gone.
      'CREATE TABLE mozanalysis.statistics_broken_week_1 AS SELECT 1 AS metric',
    );
    const prefix = { CONTRAIL_QUEUE_PREFIX: `test-${process.pid}-broken` };

    const backfill = await contrail('backfill', prefix);
    const worker = await contrail('worker --drain', prefix);

    expectRefusal(backfill, 1, 'statistics_broken_weekly');
    expect(worker.code).toBe(0);
    expect(readdirSync(join(bucket, 'statistics'))).toEqual(['statistics_my_experiment_weekly.json']);
  });
});

describe('a target that cannot be written', () => {
  it('refuses a target that is a file, or lies below one', async () => {
    const { folder, contrail } = await setup();
    writeFileSync(join(folder, 'plain'), 'mine');

    expectRefusal(await contrail(EXPORT, { CONTRAIL_BUCKET: 'file:plain' }), 1, 'plain');
    expectRefusal(await contrail(EXPORT, { CONTRAIL_BUCKET: 'file:plain/below' }), 1, 'plain');
  });

  it('refuses an object that is a folder, and leaves it alone', async () => {
    const { bucket, contrail } = await setup();
    const object = join(bucket, 'statistics', 'statistics_my_experiment_weekly.json');
    mkdirSync(join(object, 'inside'), { recursive: true });

    expectRefusal(await contrail(EXPORT), 1, 'statistics_my_experiment_weekly.json');
    expect(existsSync(join(object, 'inside'))).toBe(true);
  });
});

describe('a Redis that cannot be used', () => {
  it('says that it does not answer, and never shows the password', async () => {
    const { contrail } = await setup();

    for (const command of ['backfill', 'worker --drain', 'schedule --once', 'web', 'status']) {
      const run = await contrail(command, { CONTRAIL_REDIS: 'redis://:secret@127.0.0.1:1/0' });

      expectRefusal(run, 1, '127.0.0.1:1', 'CONTRAIL_REDIS');
      expect(run.stderr + run.stdout).not.toContain('secret');
    }
  });

  it('refuses a wrong password, and a server that may throw jobs away', async () => {
    const { contrail } = await setup();
    const redis = await startTestRedis();
    await redis.command('config', 'set', 'maxmemory-policy', 'allkeys-lru');

    const password = await contrail('backfill', { CONTRAIL_REDIS: `redis://:wrong@127.0.0.1:${redis.port}/0` });
    const eviction = await contrail('backfill', { CONTRAIL_REDIS: redis.url });

    expectRefusal(password, 1, 'password', 'CONTRAIL_REDIS');
    expectRefusal(eviction, 1, 'allkeys-lru', 'noeviction');
  });

  it('does not need one to run an export or to print a plan', async () => {
    const { contrail } = await setup();
    const away = { CONTRAIL_REDIS: 'redis://127.0.0.1:1' };

    expect(await contrail(EXPORT, away)).toMatchObject({ code: 0 });
    expect(await contrail('backfill --dry-run', away)).toMatchObject({ code: 0 });
  });
});
