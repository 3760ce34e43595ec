/** `contrail cancel` as users run it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runStatements } from '../../src/adapters/duckdb/load-statistics.ts';
import { deployment } from '../support/deployment.ts';
import { createLargeTable } from '../support/large-table.ts';

it('ends the exports of one experiment, which no scan tries again, but a backfill does', async () => {
  const { bucket, file, json, contrail } = deployment();
  await runStatements(file, createLargeTable('statistics_one_weekly', 100));
  await runStatements(file, createLargeTable('statistics_two_daily', 100));
  await json('backfill');

  const mistyped = await contrail('cancel ona');
  const wrong = await contrail('cancel one yearly');
  const cancelled = await contrail('cancel one');
  const again = await contrail('cancel one');
  await contrail('schedule --once');
  await contrail('worker --drain');
  const isPublished = existsSync(join(bucket, 'statistics', 'statistics_one_weekly.json'));
  const asked = await json('backfill --experiment one');

  expect(mistyped).toMatchObject({ code: 1, stderr: expect.stringContaining('Did you mean one?') });
  expect(wrong.code).toBe(2);
  expect(cancelled.code).toBe(0);
  expect(cancelled.stdout.split('\n').map((line) => line.split('\t').slice(0, 2))).toEqual([
    ['cancelled', 'one weekly'],
    ['cancelled', 'one errors'],
    [''],
  ]);
  expect(again).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('No export of "one" is waiting or running.'),
  });
  expect(isPublished).toBe(false);
  expect(existsSync(join(bucket, 'statistics', 'statistics_two_daily.json'))).toBe(true);
  expect(asked).toMatchObject({ planned: 2, enqueued: 2 });
});
