/** An experiment is removed while its jobs wait: `status` names them, and other work goes on. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runStatements } from '../../src/adapters/duckdb/load-statistics.ts';
import { deployment } from '../support/deployment.ts';
import { createLargeTable } from '../support/large-table.ts';

it('names the jobs of an experiment that is gone, which fail with the reason and harm no other', async () => {
  const { bucket, file, json, contrail } = deployment();
  for (const name of ['one', 'two']) await runStatements(file, createLargeTable(`statistics_${name}_weekly`, 100));
  await contrail('backfill --product statistics');
  const before = await json('status');
  await runStatements(file, ['DROP TABLE mozanalysis.statistics_one_weekly']);

  const removed = await json('status');
  const text = await contrail('status');
  await contrail('worker --drain');
  const after = await json('status');

  expect(before.strays).toEqual([]);
  expect(removed.strays).toEqual([{ experiment: 'one', jobs: 1 }]);
  expect(text.stdout).toContain('1 job waits or runs for one, which is gone');
  expect(text.stdout).toContain('contrail cancel one');
  expect(after.strays).toEqual([]);
  expect(existsSync(join(bucket, 'statistics', 'statistics_two_weekly.json'))).toBe(true);
  expect((await json('runs one --failed')).runs).toMatchObject([{ code: 'RESULTS_MISSING' }]);
});
