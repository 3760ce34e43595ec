/** Exports that meet a rerun of the analysis: tables that are gone, or not all back (spec: today, section 1). */
import { describe, expect, it } from 'vitest';
import { ContrailError } from '../../../../src/domain/errors.ts';
import { METADATA } from '../../../../src/domain/object-metadata.ts';
import { exportTable } from '../../../../src/workers/statistics/export-table.ts';
import { memoryTable, statisticsRow } from '../../../support/statistics-table.ts';
import { makeStatisticsWorld, NOW, TABLE } from '../../../support/statistics-world.ts';

const HOUR = 3_600_000;
const VIEW_AT = NOW - 60 * HOUR;

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** A view of weeks, whose file of three weeks is published. */
async function setup(weeks: readonly number[] = [1, 2, 3]) {
  const world = makeStatisticsWorld();
  const { source, deps, request } = world;
  const week = (window: number, changedAt: number, point = 1) =>
    source.set(
      `statistics_my_slug_week_${window}`,
      memoryTable([statisticsRow({ window_index: window, point })], { changedAt }),
    );
  source.setView(TABLE, VIEW_AT);
  for (const window of weeks) week(window, NOW - 50 * HOUR);
  if (weeks.length > 0) await exportTable(deps, request());
  return {
    ...world,
    week,
    drop: (...windows: readonly number[]) => {
      for (const window of windows) source.remove(`statistics_my_slug_week_${window}`);
    },
    run: (changes = {}) => exportTable(deps, request({ job: 'another', ...changes })),
    windows: async () => (await world.head())?.metadata[METADATA.windows],
    held: async () => (await world.head())?.metadata[METADATA.held],
  };
}

describe('an export whose tables are gone', () => {
  it('is skipped, and the file stays', async () => {
    const { run, drop, textOf } = await setup();
    const before = await textOf();
    drop(1, 2, 3);

    const { outcome, events } = await run();

    expect(outcome).toEqual({ kind: 'skipped', reason: 'source gone', source: 'gone' });
    expect([await textOf(), events]).toEqual([before, []]);
  });

  it('is skipped also where the view is gone', async () => {
    const { run, drop, source } = await setup();
    drop(1, 2, 3);
    source.remove(TABLE);

    expect((await run()).outcome).toMatchObject({ kind: 'skipped', reason: 'source gone' });
  });

  it('fails where there never was a file', async () => {
    const { run, source } = await setup([]);
    source.remove(TABLE);

    await expect(run()).rejects.toMatchObject({ code: 'RESULTS_MISSING' });
  });
});

describe('an export that reads fewer windows than the file has', () => {
  it('leaves the file while a table has just changed, and notes since when', async () => {
    const { run, week, drop, textOf, held } = await setup();
    const before = await textOf();
    drop(2, 3);
    week(1, NOW - HOUR, 2);

    const { outcome } = await run();

    expect(outcome).toEqual({ kind: 'skipped', reason: 'rebuilding: week 1 of 3', source: 'rebuilding' });
    expect(await textOf()).toBe(before);
    expect(await held()).toBe(`${iso(NOW)} ${iso(NOW - HOUR)}`);
  });

  it('leaves the file also where the job was planned before the tables were deleted', async () => {
    const { run, week, drop, head, textOf } = await setup();
    const before = await textOf();
    const seen = { sourceVersion: iso(NOW - 2 * HOUR), object: await head() };
    drop(2, 3);
    week(1, NOW - HOUR, 2);

    const { outcome } = await run({ seen });

    expect(outcome).toMatchObject({ kind: 'skipped', source: 'rebuilding' });
    expect(await textOf()).toBe(before);
  });

  it('leaves the file also where the tables come back while it is read', async () => {
    const { run, week, drop, source, textOf } = await setup();
    const before = await textOf();
    drop(2, 3);
    week(1, NOW - HOUR, 2);
    const open = source.open.bind(source);
    source.open = async (request) => {
      const table = await open(request);
      for (const window of [1, 2, 3]) week(window, NOW, 2);
      return table;
    };

    expect((await run()).outcome).toMatchObject({ kind: 'skipped', source: 'rebuilding' });
    source.open = open;
    expect((await run()).outcome).toMatchObject({ kind: 'published' });
    expect(await textOf()).not.toBe(before);
  });

  it('leaves the file when the view cannot be read for that reason, and else fails', async () => {
    const { run, drop, source } = await setup();
    source.open = () => Promise.reject(new ContrailError('QUERY_FAILED', 'broken'));

    await expect(run()).rejects.toMatchObject({ code: 'QUERY_FAILED' });
    drop(2, 3);
    expect((await run()).outcome).toMatchObject({ kind: 'skipped', reason: 'rebuilding: week 1 of 3' });
    await expect(run({ force: true })).rejects.toMatchObject({ code: 'QUERY_FAILED' });
  });

  it('replaces the file when nothing has moved for the settle time, and warns of the lost windows', async () => {
    const { run, drop, time, head, windows, held } = await setup();
    drop(2, 3);
    await run({ hasNewPremises: true });
    expect(await held()).toBe(`${iso(NOW)} ${iso(NOW - 50 * HOUR)}`);
    time.now = NOW + 12 * HOUR;

    const seen = { sourceVersion: iso(NOW - 50 * HOUR), object: await head() };
    const { outcome, events } = await run({ isSettled: true, seen });

    expect(outcome.kind).toBe('published');
    expect(events).toMatchObject([
      { level: 'WARNING', message: 'The published file had rows of weeks 2, 3; this one has none.' },
    ]);
    expect([await windows(), await held()]).toEqual(['1', undefined]);
  });

  it('does not replace a newer file that came meanwhile, though it was settled before', async () => {
    const { run, drop, time, head, publish, store, textOf } = await setup();
    drop(2, 3);
    await run({ hasNewPremises: true });
    time.now = NOW + 12 * HOUR;
    const seen = { sourceVersion: iso(NOW - 50 * HOUR), object: await head() };
    store.meddle = () => publish('whole', { [METADATA.sourceVersion]: iso(NOW) });

    const { outcome } = await run({ isSettled: true, seen });

    expect([outcome.kind, await textOf()]).toEqual(['superseded', 'whole']);
  });

  it('replaces the file when a person forces it, and warns', async () => {
    const { run, drop, week, windows } = await setup();
    drop(2, 3);
    week(1, NOW, 2);

    const { outcome, events } = await run({ force: true });

    expect([outcome.kind, await windows()]).toEqual(['published', '1']);
    expect(events).toMatchObject([{ level: 'WARNING' }]);
  });

  it('replaces the file where the table is there, and only has no rows', async () => {
    const { run, source, windows } = await setup();
    source.set('statistics_my_slug_week_3', memoryTable([], { changedAt: NOW - HOUR }));

    expect((await run()).outcome.kind).toBe('published');
    expect(await windows()).toBe('1,2');
  });

  it('replaces the file of a table that is replaced as a whole', async () => {
    const { run, source, windows } = await setup();
    source.remove(TABLE);
    source.set(TABLE, memoryTable([statisticsRow({ window_index: 1, point: 2 })], { changedAt: NOW }));

    expect((await run()).outcome.kind).toBe('published');
    expect(await windows()).toBe('1');
  });

  it('leaves a touched table unchanged', async () => {
    const { run, week, head, textOf } = await setup();
    const before = await textOf();
    const generation = (await head())?.generation;
    for (const window of [1, 2, 3]) week(window, NOW);

    expect((await run()).outcome.kind).toBe('unchanged');
    expect([await textOf(), (await head())?.generation]).toEqual([before, generation]);
    expect((await head())?.metadata[METADATA.sourceVersion]).toBe(iso(NOW));
  });

  it('keeps the time at which a loss was first seen', async () => {
    const { run, drop, week, time, held } = await setup();
    drop(2, 3);
    week(1, NOW - HOUR, 2);
    await run();
    const first = await held();
    time.now = NOW + HOUR;

    await run();

    expect(await held()).toBe(first);
  });
});
