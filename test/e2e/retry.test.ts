/** `contrail retry` as users run it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runStatements } from '../../src/adapters/duckdb/load-statistics.ts';
import { deployment } from '../support/deployment.ts';
import { createLargeTable } from '../support/large-table.ts';

const FAILED_TASK = `INSERT INTO monitoring.export_runs_v1 (run_id, finished_at, queue, job_id, attempt, product, outcome)
  VALUES ('1', now(), 'monitoring', 'query-cost.2026-01-14.3', 1, 'query_cost', 'failed')`;

it('does again what failed and is still due, and tells what it leaves', async () => {
  const { bucket, file, json, contrail } = deployment();
  for (const name of ['one', 'two', 'three']) {
    await runStatements(file, createLargeTable(`statistics_${name}_weekly`, 100));
  }
  await runStatements(
    file,
    ['two', 'three'].map((name) => `UPDATE mozanalysis.statistics_${name}_weekly SET segment = NULL`),
  );
  const early = await contrail('retry --failed');
  await contrail('backfill --product statistics');
  await contrail('worker --drain');
  await runStatements(file, [FAILED_TASK, 'DROP TABLE mozanalysis.statistics_three_weekly']);

  const preview = await json('retry --failed --dry-run');
  const mistyped = await contrail('retry --failed twoo');
  const ofOne = await contrail('retry --failed one');
  const lines = await contrail('retry --failed --since 2h');
  const again = await json('retry --failed');
  await contrail('worker --drain');

  expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing failed since') });
  expect(preview).toMatchObject({ failed: 3, enqueued: 0, left: 1, estimate: { unknown: expect.any(Number) } });
  expect(preview.runs.map(({ state }: { state: string }) => state).toSorted()).toEqual(['due', 'due', 'left']);
  expect(mistyped).toMatchObject({ code: 1, stderr: expect.stringContaining('Did you mean two?') });
  expect(ofOne).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing failed since') });
  expect(lines.code).toBe(0);
  expect(lines.stderr).toContain('2 enqueued, 1 left.');
  expect(
    lines.stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t').slice(0, 4)),
  ).toEqual([
    ['enqueued', 'two', 'weekly', 'ROWS_REFUSED'],
    ['enqueued', '', 'query_cost', ''],
    ['left', 'three', 'weekly', 'ROWS_REFUSED'],
  ]);
  expect(again).toMatchObject({ failed: 3, enqueued: 0, queued: 2, left: 1 });
  const { runs } = await json('runs --outcome published --since 1h');
  expect(runs.map(({ jobId }: { jobId: string }) => jobId)).toContain('query-cost.2026-01-14.3');
  expect(existsSync(join(bucket, 'statistics', 'statistics_two_weekly.json'))).toBe(false);
});

it('refuses to do anything again that was not named', async () => {
  const { contrail } = deployment();

  const runs = await Promise.all([contrail('retry'), contrail('retry my-slug'), contrail('retry --faild')]);

  expect(runs.map(({ code }) => code)).toEqual([2, 2, 2]);
  expect(runs[0]?.stderr).toContain('contrail retry --failed');
  expect(runs[2]?.stderr).toContain('--failed');
});
