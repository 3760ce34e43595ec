/** What is planned while a rerun of the analysis deletes tables and brings them back (spec: today, section 1). */
import { describe, expect, it } from 'vitest';
import { METADATA } from '../../../src/domain/object-metadata.ts';
import { memoryTable, statisticsRow } from '../../support/statistics-table.ts';
import type { ObjectMetadata } from '../../../src/ports/object-store.ts';
import { namesOf, makePlanWorld } from '../../support/plan-world.ts';
import { ContrailError } from '../../../src/domain/errors.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-06-29T22:00:00Z');
const VIEW = 'statistics_my_slug_weekly';
const OBJECT = `statistics/${VIEW}.json`;

/** A view of weeks, and the file of six weeks that was published two days ago. */
async function setup({ windows = '1-6', changes = {} }: { windows?: string; changes?: ObjectMetadata } = {}) {
  const world = makePlanWorld();
  const { source, publish, api } = world;
  world.time.now = NOW;
  api.replace([{ slug: 'my-slug' }]);
  source.setView(VIEW, NOW - 60 * HOUR);
  const metadata = {
    [METADATA.sourceVersion]: iso(NOW - 50 * HOUR),
    [METADATA.windows]: windows,
    [METADATA.experiment]: 'my-slug',
    ...changes,
  };
  const object = await publish('[]', metadata, OBJECT);
  return {
    ...world,
    object,
    week: (window: number, changedAt: number) => {
      const row = statisticsRow({ window_index: window });
      source.set(`statistics_my_slug_week_${window}`, memoryTable([row], { changedAt }));
    },
  };
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

describe('a source that is gone', () => {
  it('is not due: the file stays, and since when is to be noted', async () => {
    const { plan, object } = await setup();

    const { due, skipped, refused } = await plan();

    expect([due, refused]).toEqual([[], []]);
    expect(skipped).toEqual([
      expect.objectContaining({
        experiment: 'my-slug',
        period: 'weekly',
        reason: 'source gone',
        lacking: { kind: 'gone', since: NOW, publishedAt: object.changedAt },
        note: { object: OBJECT, version: 'gone' },
      }),
    ]);
  });

  it('is gone since the time of the note, which is not written again', async () => {
    const { plan } = await setup({ changes: { [METADATA.held]: `${iso(NOW - 3 * HOUR)} gone` } });

    const [skipped] = (await plan()).skipped;

    expect(skipped?.lacking?.since).toBe(NOW - 3 * HOUR);
    expect(skipped).not.toHaveProperty('note');
  });

  it('is gone also where the view is gone with its tables', async () => {
    const { plan, source } = await setup();
    source.remove(VIEW);

    const { due, skipped } = await plan();

    expect(due).toEqual([]);
    expect(skipped).toMatchObject([{ experiment: 'my-slug', reason: 'source gone', lacking: { kind: 'gone' } }]);
  });

  it('is never there where neither view nor tables nor file are', async () => {
    const world = makePlanWorld();
    world.api.replace([{ slug: 'my-slug' }]);

    expect(await world.plan()).toMatchObject({ due: [], skipped: [], refused: [] });
  });

  it('is gone where there is only a view, without a file', async () => {
    const world = makePlanWorld();
    world.source.setView(VIEW, NOW);

    const { due, skipped } = await world.plan();

    expect([due, skipped[0]?.lacking]).toEqual([[], { kind: 'gone', since: undefined, publishedAt: undefined }]);
  });

  it('cannot be forced', async () => {
    const { plan } = await setup();

    expect(await plan({ force: true })).toMatchObject({ due: [], skipped: [{ reason: 'source gone' }] });
  });

  it('belongs to the experiment that its file names, though the API does not list it', async () => {
    const { plan, api, source } = await setup();
    api.replace([]);
    source.remove(VIEW);

    expect(namesOf((await plan()).skipped)).toEqual(['my-slug weekly']);
  });

  it('is a selection like others', async () => {
    const { plan, source, tables } = await setup();
    source.remove(VIEW);
    tables(['statistics_other_daily']);

    expect((await plan({ experiments: ['other'] })).skipped).toEqual([]);
    expect((await plan({ periods: ['daily'] })).skipped).toEqual([]);
    expect(namesOf((await plan({ experiments: ['my-slug'], periods: ['weekly'] })).skipped)).toEqual([
      'my-slug weekly',
    ]);
  });

  it('waits for its view where its tables are there', async () => {
    const { plan, source, week } = await setup();
    source.remove(VIEW);
    week(1, NOW);

    expect(await plan()).toMatchObject({ due: [], skipped: [], refused: [] });
  });
});

describe('a source that is being rebuilt', () => {
  it('is not due while windows of the file are missing and a table of the experiment has just changed', async () => {
    const { plan, week, object } = await setup();
    for (const window of [1, 2, 4]) week(window, NOW - HOUR / 2);

    const { due, skipped } = await plan();

    expect(due).toEqual([]);
    expect(skipped).toEqual([
      expect.objectContaining({
        reason: 'rebuilding: weeks 1, 2, 4 of 6',
        lacking: { kind: 'rebuilding', since: NOW, publishedAt: object.changedAt, windows: 'weeks 1, 2, 4 of 6' },
        note: { object: OBJECT, version: iso(NOW - HOUR / 2) },
      }),
    ]);
  });

  it('counts changes of all tables of the experiment, those of enrollments and of other periods too', async () => {
    const held = { [METADATA.held]: `${iso(NOW - 40 * HOUR)} ${iso(NOW - 50 * HOUR)}` };
    for (const other of ['enrollments_my_slug', 'statistics_my_slug_day_1', 'my_slug_enrollments_main_week_1']) {
      const { plan, week, tables } = await setup({ changes: held });
      for (const window of [1, 2]) week(window, NOW - 50 * HOUR);
      tables([other], NOW - HOUR);

      expect((await plan()).due, other).toEqual([]);
    }
  });

  it('is held at first sight even if no table that is left has changed: deleted ones leave no time behind', async () => {
    const { plan, week } = await setup();
    for (const window of [1, 2]) week(window, NOW - 50 * HOUR);

    expect(await plan()).toMatchObject({ due: [], skipped: [{ reason: 'rebuilding: weeks 1, 2 of 6' }] });
  });

  it('is due again as it is, once nothing has moved for the settle time', async () => {
    const version = iso(NOW - 50 * HOUR);
    const { plan, week } = await setup({ changes: { [METADATA.held]: `${iso(NOW - 12 * HOUR)} ${version}` } });
    for (const window of [1, 2]) week(window, NOW - 50 * HOUR);

    const { due, skipped } = await plan();

    expect(skipped).toEqual([]);
    expect(due).toMatchObject([{ reason: 'changed', isSettled: true, sourceVersion: version }]);
  });

  it('is due when all windows are back', async () => {
    const { plan, week } = await setup();
    for (const window of [1, 2, 3, 4, 5, 6, 7]) week(window, NOW - 60_000);

    expect((await plan()).due).toMatchObject([{ reason: 'changed', isSettled: false }]);
  });

  it('is due when a person forces it', async () => {
    const { plan, week } = await setup();
    week(1, NOW);

    expect((await plan({ force: true })).due).toMatchObject([{ reason: 'forced' }]);
  });

  it('is held though the view cannot be read', async () => {
    const { plan, week, source } = await setup();
    week(1, NOW);
    const describeTables = source.describeTables.bind(source);
    source.describeTables = async (names, signal) =>
      names.includes(VIEW)
        ? { tables: [], unreadable: [{ name: VIEW, error: new ContrailError('QUERY_FAILED', 'broken') }] }
        : describeTables(names, signal);

    expect(await plan()).toMatchObject({ due: [], refused: [], skipped: [{ reason: 'rebuilding: week 1 of 6' }] });
  });

  it('loses its note when all windows are back without a change', async () => {
    const { plan, week } = await setup({
      changes: { [METADATA.sourceVersion]: iso(NOW), [METADATA.held]: `${iso(NOW - HOUR)} gone` },
    });
    for (const window of [1, 2, 3, 4, 5, 6]) week(window, NOW);

    expect((await plan()).skipped).toMatchObject([{ reason: 'current', note: { object: OBJECT, version: undefined } }]);
  });

  it.each(['', 'x', '1-'])('is not held for a list of windows that nobody can read: %j', async (windows) => {
    const { plan, week } = await setup({ windows });
    week(1, NOW);

    expect((await plan()).due).toHaveLength(1);
  });

  it('is no matter of a table that is replaced as a whole', async () => {
    const { plan, source, tables } = await setup();
    source.remove(VIEW);
    tables([VIEW], NOW);

    expect((await plan()).due).toMatchObject([{ reason: 'changed' }]);
  });
});
