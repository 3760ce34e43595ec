/** `contrail status` reads what scans and workers noted, and looks at the sources itself when nobody scans. */
import { Redis } from 'ioredis';
import { expect, inject, it, onTestFinished } from 'vitest';
import { runStatements } from '../../src/adapters/duckdb/load-statistics.ts';
import { deployment } from '../support/deployment.ts';
import { createLargeTable } from '../support/large-table.ts';

it('shows files as the last scan and the workers left them, and as they are now with --fresh', async () => {
  const { file, json, contrail } = deployment();
  for (const name of ['one', 'two']) await runStatements(file, createLargeTable(`statistics_${name}_weekly`, 100));
  const before = await json('status');
  await contrail('schedule --once');
  const queued = await json('status');
  await contrail('worker --drain');
  const published = await json('status');
  const text = await contrail('status');
  await runStatements(file, ['DROP TABLE mozanalysis.statistics_one_weekly']);

  const kept = await json('status');
  const fresh = await json('status --fresh');
  await contrail('schedule --once');
  const scanned = await json('status');
  const [one, unknown] = [await json('status one'), await contrail('status oen')];

  expect(before).toMatchObject({ source: 'plan', totals: { never: 4 } });
  expect(queued).toMatchObject({ source: 'index', totals: { queued: 4 }, needsYou: 0 });
  expect(published).toMatchObject({ source: 'index', totals: { fresh: 4 }, needsYou: 0 });
  expect(text.stdout).toContain('All 4 files need nothing. Checked ');
  expect(stateOf(kept)).toBe('fresh');
  expect(stateOf(fresh)).toBe('gone');
  expect(stateOf(scanned)).toBe('gone');
  expect(one).toMatchObject({ source: 'index' });
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('Unknown experiment "oen"') });
});

it('looks at the sources itself after Redis was flushed', async () => {
  const { file, environment, json, contrail } = deployment();
  await runStatements(file, createLargeTable('statistics_one_weekly', 100));
  await contrail('schedule --once');
  await contrail('worker --drain');
  const redis = new Redis(inject('redisUrl'));
  onTestFinished(() => redis.disconnect());
  const keys = await redis.keys(`${environment.CONTRAIL_QUEUE_PREFIX}:*`);
  await redis.del(keys);

  const flushed = await json('status');
  await contrail('schedule --once');
  const scanned = await json('status');

  expect(flushed).toMatchObject({ source: 'plan', totals: { fresh: 2 } });
  expect(scanned).toMatchObject({ source: 'index', totals: { fresh: 2 } });
});

function stateOf(document: {
  readonly files: readonly { readonly experiment: string; readonly period?: string; readonly state: string }[];
}) {
  return document.files.find(({ experiment, period }) => experiment === 'one' && period === 'weekly')?.state;
}
