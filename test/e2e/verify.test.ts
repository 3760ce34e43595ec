/** `contrail verify` as users run it, on a bucket with damage. */
import { copyFileSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runStatements } from '../../src/adapters/duckdb/load-statistics.ts';
import { deployment } from '../support/deployment.ts';
import { createLargeTable } from '../support/large-table.ts';

it('names each damaged file on a line of its own, repairs it, and is then content', async () => {
  const { bucket, file, json, contrail } = deployment();
  await runStatements(file, createLargeTable('statistics_one_weekly', 100));
  await runStatements(file, createLargeTable('statistics_two_daily', 100));
  await json('backfill');
  await contrail('worker --drain');
  const clean = await contrail('verify --deep');
  const path = join(bucket, 'statistics', 'statistics_one_weekly.json');
  truncateSync(path, 500);
  copyFileSync(path, join(bucket, 'errors', 'notes.json'));

  const damaged = await contrail('verify --repair');
  await contrail('worker --drain');
  const repaired = await contrail('verify --json');

  expect(clean).toMatchObject({ code: 0, stderr: expect.stringContaining('4 files: 4 ok.') });
  expect(readdirSync(join(bucket, 'statistics'))).toHaveLength(2);
  const lines = damaged.stdout.split('\n').filter((line) => line.includes('\tfaulty\t'));
  expect(lines.map((line) => line.split('\t').slice(0, 3))).toEqual([
    ['errors/notes.json', 'faulty', 'name'],
    ['statistics/statistics_one_weekly.json', 'faulty', 'foreign'],
    ['statistics/statistics_one_weekly.json', 'faulty', 'json'],
  ]);
  expect(damaged).toMatchObject({ code: 1, stderr: expect.stringContaining('1 file enqueued') });
  expect(repaired.code).toBe(1);
  expect(JSON.parse(repaired.stdout)).toMatchObject({ totals: { files: 5, ok: 4, behind: 0, faulty: 1 } });
});
