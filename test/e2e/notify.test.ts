/** `contrail notify` as users run it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runStatements } from '../../src/adapters/duckdb/load-statistics.ts';
import { deployment } from '../support/deployment.ts';
import { createLargeTable } from '../support/large-table.ts';

it('enqueues the files of the named tables only, once, and says what became of each', async () => {
  const { bucket, file, json, contrail } = deployment();
  for (const table of ['one_weekly', 'one_daily', 'two_weekly']) {
    await runStatements(file, createLargeTable(`statistics_${table}`, 100));
  }

  const first = await contrail('notify --table mozanalysis.statistics_one_weekly');
  const again = await contrail('notify --table statistics_one_weekly statistics_two_weekly');
  await contrail('worker --drain');
  const later = await json('notify --table statistics_one_weekly statistics_two_weekly');

  expect(first).toMatchObject({ code: 0, stdout: 'enqueued\tone weekly\t\n' });
  expect(again.code).toBe(0);
  expect(again.stdout.split('\n')).toEqual(['enqueued\ttwo weekly\t', 'waiting\tone weekly\talready queued', '']);
  expect(later).toEqual({
    files: ['one', 'two'].map((experiment) => ({
      product: 'statistics',
      experiment,
      period: 'weekly',
      state: 'current',
      reason: 'current',
    })),
    missing: [],
  });
  const isPublished = (name: string): boolean => existsSync(join(bucket, 'statistics', `statistics_${name}.json`));
  expect(['one_weekly', 'one_daily', 'two_weekly'].map(isPublished)).toEqual([true, false, true]);
});

it('refuses what is no statistics table as wrong usage, and names tables that are missing', async () => {
  const { file, contrail } = deployment();
  await runStatements(file, createLargeTable('statistics_one_weekly', 100));

  const none = await contrail('notify');
  const mistyped = await contrail('notify --table statistics_one_weekyl');
  const foreign = await contrail('notify --table telemetry.statistics_one_weekly');
  const missing = await contrail('notify --table statistics_one_weekly statistics_three_weekly');

  expect([none.code, mistyped.code, foreign.code]).toEqual([2, 2, 2]);
  expect(mistyped.stderr).toContain('is not the name of a statistics table');
  expect(foreign.stderr).toContain('is not in the results dataset mozanalysis');
  expect(missing).toMatchObject({
    code: 1,
    stdout: 'enqueued\tone weekly\t\n',
    stderr: expect.stringContaining('The dataset mozanalysis has no table statistics_three_weekly.'),
  });
});
