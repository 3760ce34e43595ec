/** Backfills as users run, list, pause and cancel them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runStatements } from '../../src/adapters/duckdb/load-statistics.ts';
import { deployment } from '../support/deployment.ts';
import { createLargeTable } from '../support/large-table.ts';

const TABLES = ['statistics_one_weekly', 'statistics_two_daily'];

async function setup() {
  const world = deployment();
  for (const table of TABLES) await runStatements(world.file, createLargeTable(table, 100));
  const isPublished = (table: string) => existsSync(join(world.bucket, 'statistics', `${table}.json`));
  const listed = async () => (await world.json('backfills')).backfills;
  return { ...world, isPublished, listed };
}

describe('a backfill', () => {
  it('has an id, under which it is listed and followed to its end', async () => {
    const { json, contrail, listed } = await setup();

    const asked = await json('backfill --product statistics --force --max-cost 5');
    const nothing = await json('backfill --product statistics');
    const before = await listed();
    await contrail('worker --drain');
    const followed = await contrail(`backfills ${asked.backfill} --wait`);
    const after = await json(`backfills ${asked.backfill}`);
    const table = await contrail('backfills');
    const next = await json('backfill --product statistics --force --dry-run');

    expect(asked).toMatchObject({ enqueued: 2, backfill: expect.stringMatching(/^b[0-9a-f]{8}$/) });
    expect(nothing).toMatchObject({ planned: 2, backfill: expect.any(String) });
    expect(before).toHaveLength(2);
    expect(before[1]).toMatchObject({
      id: asked.backfill,
      by: expect.stringContaining('@'),
      selection: '--product statistics --force',
      progress: 'running',
      jobs: 2,
      waiting: 2,
      running: 0,
      estimatedUsd: expect.any(Number),
    });
    expect(followed).toMatchObject({ code: 0, stdout: '2 of 2 ended: 2 published.\n' });
    expect(after.backfills).toMatchObject([{ progress: 'done', jobs: 2, waiting: 0, published: 2, failed: 0 }]);
    expect(next.longest).toMatchObject([{ durationMs: expect.any(Number) }, { durationMs: expect.any(Number) }]);
    expect(table.stdout.split('\n')[1]?.split('\t').slice(0, 6)).toEqual([
      asked.backfill,
      expect.stringMatching(/^\d{4}-/),
      'done',
      '2',
      '0',
      '0',
    ]);
  });

  it('is not made where nothing is enqueued', async () => {
    const { json, contrail, listed } = await setup();
    await json('backfill');
    const again = await json('backfill');
    await contrail('worker --drain');

    const current = await json('backfill');

    expect([again.backfill, current.backfill]).toEqual([null, null]);
    expect(await listed()).toHaveLength(1);
  });

  it('is cancelled by its id, and its files can be asked for again, also one of them', async () => {
    const { json, contrail, isPublished } = await setup();
    const { backfill: id } = await json('backfill --product statistics');

    const cancelled = await json(`backfill cancel ${id}`);
    const again = await contrail(`backfill cancel ${id}`);
    await contrail('schedule --once');
    await contrail('worker --drain');
    const published = TABLES.map(isPublished);
    const wanted = await json('backfill --experiment one --product statistics');
    await contrail('worker --drain');
    const followed = await contrail(`backfills ${id} --wait`);

    expect(cancelled).toMatchObject({ id, progress: 'cancelled', waiting: 0, cancelled: 2, published: 0 });
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('2 of 2 ended: 2 cancelled') });
    expect(published).toEqual([false, false]);
    expect(wanted).toMatchObject({ enqueued: 1 });
    expect(TABLES.map(isPublished)).toEqual([true, false]);
    expect(followed).toMatchObject({ code: 1, stderr: expect.stringContaining(`The backfill ${id} was cancelled.`) });
  });

  it('waits while it is paused, also when a worker is there, and goes on when it is resumed', async () => {
    const { json, contrail, isPublished } = await setup();
    const { backfill: id } = await json('backfill --experiment one --product statistics');

    const paused = await json(`backfill pause ${id}`);
    await json('backfill --experiment two --product statistics');
    const drained = await contrail('worker --drain');
    const whilePaused = TABLES.map(isPublished);
    const resumed = await contrail(`backfill resume ${id}`);
    await contrail('worker --drain');

    expect(paused).toMatchObject({ id, progress: 'paused', waiting: 1 });
    expect(drained).toMatchObject({ code: 1, stderr: expect.stringContaining('paused') });
    expect(whilePaused).toEqual([false, true]);
    expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining(`The backfill ${id} is running`) });
    expect(TABLES.map(isPublished)).toEqual([true, true]);
  });

  it.for([
    ['backfill pause', 2, "Missing required argument 'id'"],
    ['backfill cancel', 2, "Missing required argument 'id'"],
    ['backfill --force cancel b00000000', 2, '--force does not go with cancel.'],
    ['backfill cancel b00000000 --dry-run', 2, '"--dry-run"'],
    ['backfill pase b00000000', 2, 'Did you mean pause?'],
    ['backfills --wait', 2, '--wait needs the id of a backfill.'],
    ['backfill cancel all', 1, 'There is no backfill "all".'],
    ['backfill resume b00000000', 1, 'There is no backfill "b00000000".'],
    ['backfills b00000000 --wait', 1, 'See the ids with: contrail backfills'],
  ] as const)('is never all of them: %s', async ([command, code, sentence]) => {
    const { contrail } = deployment();

    const ended = await contrail(command);

    expect(ended).toMatchObject({ code, stderr: expect.stringContaining(sentence) });
  });

  it('is suggested where its id was mistyped', async () => {
    const { json, contrail } = await setup();
    const { backfill: id } = await json('backfill --product statistics');
    const mistyped = `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`;

    const { code, stderr } = await contrail(`backfill pause ${mistyped}`);

    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(`Did you mean ${id}?`) });
  });
});
