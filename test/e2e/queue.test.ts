/** The path through the queue as users run it: plan, enqueue, work, look, and do it again. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runStatements } from '../../src/adapters/duckdb/load-statistics.ts';
import { deployment } from '../support/deployment.ts';
import { createLargeTable } from '../support/large-table.ts';
import { loadFixtures, SAMPLE_FIXTURES } from '../support/statistics-fixtures.ts';

describe('contrail backfill', () => {
  it('publishes what is due, follows it to the end, and finds nothing due the next time', async () => {
    const cases = SAMPLE_FIXTURES.cases.slice(0, 12);
    const { bucket, start, json, contrail } = deployment(await loadFixtures({ ...SAMPLE_FIXTURES, cases }));
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
    const { file, json, contrail } = deployment();
    await runStatements(file, createLargeTable('statistics_one_weekly', 100));
    await runStatements(file, createLargeTable('statistics_two_daily', 100));

    const reports = await Promise.all([json('backfill'), json('backfill'), contrail('schedule --once')]);

    const enqueued = reports.map((report) => ('code' in report ? Number.parseInt(report.stdout, 10) : report.enqueued));
    // Two statistics files and two errors files.
    expect(enqueued.reduce((sum, count) => sum + count, 0)).toBe(4);
  });

  it('exports everything anew when forced, and leaves equal bytes in place otherwise', async () => {
    const { bucket, file, json, contrail } = deployment();
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

describe('contrail web', () => {
  it('serves health, the board and published objects, and stops when told', async () => {
    const { file, start, json, contrail } = deployment();
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
