/** The path through the queue as users run it: plan, enqueue, work, look, and do it again. */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, inject, it } from 'vitest';
import { runStatements } from '../../src/adapters/duckdb/load-statistics.ts';
import { type Environment, runContrail, startContrail } from '../support/contrail.ts';
import { temporaryDuckDb, temporaryFolder } from '../support/duckdb.ts';
import { createLargeTable } from '../support/large-table.ts';
import { loadFixtures, SAMPLE_FIXTURES } from '../support/statistics-fixtures.ts';

async function setup(warehouse = join(temporaryFolder(), 'warehouse.duckdb')) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'experiments.json'), '[]');
  const bucket = join(folder, 'bucket');
  const environment: Environment = {
    CONTRAIL_WAREHOUSE: `duckdb:${warehouse}`,
    CONTRAIL_BUCKET: `file:${bucket}`,
    CONTRAIL_EXPERIMENTER: `file:${join(folder, 'experiments.json')}`,
    CONTRAIL_REDIS: inject('redisUrl'),
    CONTRAIL_QUEUE_PREFIX: `test-${randomUUID()}`,
    CONTRAIL_DUCKDB_WAIT: '30s',
  };
  const start = (command: string) => startContrail(command.split(' '), { environment, cwd: folder });
  const contrail = (command: string) => runContrail(command.split(' '), { environment, cwd: folder });
  const json = async (command: string) => JSON.parse((await contrail(`${command} --json`)).stdout);
  const file = temporaryDuckDb({ path: warehouse, waitMs: 30_000 });
  return { bucket, file, start, contrail, json };
}

describe('contrail backfill', () => {
  it('publishes what is due, follows it to the end, and finds nothing due the next time', async () => {
    const cases = SAMPLE_FIXTURES.cases.slice(0, 12);
    const { bucket, start, json, contrail } = await setup(await loadFixtures({ ...SAMPLE_FIXTURES, cases }));
    // Each experiment has an errors file too, be it empty; without a record in the API it has no metadata.
    const files = cases.length + new Set(cases.map((entry) => entry.experiment)).size;
    const plan = await json('backfill --dry-run');
    const worker = start('worker');
    await worker.says(/taking jobs/);

    const first = await json('backfill --wait');
    const second = await json('backfill --wait');

    expect(plan).toMatchObject({ planned: files, enqueued: 0 });
    expect(first).toMatchObject({ planned: files, enqueued: files, skipped: 0, published: files, failed: 0 });
    expect(second).toMatchObject({ planned: 0, enqueued: 0, skipped: files, published: 0, failed: 0 });
    for (const entry of cases) {
      expect(JSON.parse(readFileSync(join(bucket, entry.object), 'utf8')), entry.view).toHaveLength(entry.rows);
    }
    const status = await json('status');
    expect(status.totals).toEqual({ fresh: files });
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toMatchObject({ code: 0 });
    expect(await contrail('worker --drain')).toMatchObject({ code: 0 });
  });

  it('enqueues nothing twice, however many ask at once', async () => {
    const { file, json, contrail } = await setup();
    await runStatements(file, createLargeTable('statistics_one_weekly', 100));
    await runStatements(file, createLargeTable('statistics_two_daily', 100));

    const reports = await Promise.all([json('backfill'), json('backfill'), contrail('schedule --once')]);

    const enqueued = reports.map((report) => ('code' in report ? Number.parseInt(report.stdout, 10) : report.enqueued));
    // Two statistics files and two errors files.
    expect(enqueued.reduce((sum, count) => sum + count, 0)).toBe(4);
  });

  it('exports everything anew when forced, and leaves equal bytes in place otherwise', async () => {
    const { bucket, file, json, contrail } = await setup();
    await runStatements(file, createLargeTable('statistics_one_weekly', 100));
    await json('backfill');
    await contrail('worker --drain');
    const path = join(bucket, 'statistics', 'statistics_one_weekly.json');
    const published = statSync(path).mtimeMs;

    const forced = await json('backfill --force --product statistics');
    await contrail('worker --drain');

    expect(forced).toMatchObject({ planned: 1, enqueued: 1 });
    expect(statSync(path).mtimeMs).toBeGreaterThan(published);
  });
});

describe('a killed worker', () => {
  it('leaves the old file whole, and its export is done by another', async () => {
    const { bucket, file, json, start } = await setup();
    const path = join(bucket, 'statistics', 'statistics_large_weekly.json');
    await runStatements(file, createLargeTable('statistics_large_weekly', 2_000));
    const first = start('worker');
    await json('backfill --wait');
    const before = readFileSync(path, 'utf8');
    await runStatements(file, createLargeTable('statistics_large_weekly', 400_000, 2));
    const enqueued = await json('backfill --product statistics');
    await untilWriting(bucket);

    first.child.kill('SIGKILL');
    await first.ended;

    expect(enqueued).toMatchObject({ enqueued: 1 });
    expect(readFileSync(path, 'utf8') === before).toBe(true);
    const second = start('worker --drain');
    expect(await second.ended).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toHaveLength(400_000);
    expect(readdirSync(join(bucket, '.contrail', 'tmp'))).toEqual([]);
  });
});

describe('contrail web', () => {
  it('serves health, the board and published objects, and stops when told', async () => {
    const { file, start, json, contrail } = await setup();
    await runStatements(file, createLargeTable('statistics_one_weekly', 100));
    await json('backfill');
    await contrail('worker --drain');
    const web = start('web --port 0');
    const [url = ''] = await web.says(/http:\/\/127\.0\.0\.1:\d+/);

    const answers = await Promise.all(
      ['/healthz', '/readyz', '/', '/queues', '/objects/statistics/statistics_one_weekly.json'].map(
        async (path) => (await fetch(url + path)).status,
      ),
    );
    const foreign = await fetch(url, { headers: { origin: 'https://elsewhere.example' }, method: 'POST' });

    expect(answers).toEqual([200, 200, 200, 200, 200]);
    expect(foreign.status).toBe(403);
    web.child.kill('SIGTERM');
    expect(await web.ended).toMatchObject({ code: 0 });
  });
});

/** Resolves when an export has bytes on disk that are not published yet. */
async function untilWriting(bucket: string): Promise<void> {
  const aside = join(bucket, '.contrail', 'tmp');
  const isWriting = (): boolean =>
    readdirSync(aside).some((name) => (statSync(join(aside, name), { throwIfNoEntry: false })?.size ?? 0) > 100_000);
  while (!isWriting()) await sleep(5);
}
