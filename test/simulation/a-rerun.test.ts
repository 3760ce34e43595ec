/** Reruns of the analysis on a virtual clock: tables are deleted and come back one by one, in any order. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/adapters/memory/seeded-random.ts';
import { METADATA } from '../../src/domain/object-metadata.ts';
import { countWindows, parseWindows, windowsWithout } from '../../src/domain/rerun/window-list.ts';
import { simulateWorld } from '../support/simulated-world.ts';
import { memoryTable, numberedRows } from '../support/statistics-table.ts';

const MIDNIGHT = Date.parse('2026-01-15T00:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const VIEW = 'statistics_alpha_weekly';
const OBJECT = `statistics/${VIEW}.json`;
const WEEKS = [1, 2, 3, 4, 5, 6];
const never = new AbortController().signal;

const ALPHA = {
  slug: 'alpha',
  appName: 'fenix',
  status: 'Live',
  startDate: '2025-11-01',
  endDate: null,
  enrollmentEndDate: '2025-11-08',
  proposedEnrollment: 7,
  branches: [{ slug: 'control', ratio: 1 }],
  bucketConfig: { randomizationUnit: 'nimbus_id', namespace: 'n', start: 0, count: 100, total: 10_000 },
  referenceBranch: 'control',
  outcomes: [],
  segments: [],
};

/** Six weeks of results that were published, and a scheduler and a worker that go on. */
async function setup(seed: number) {
  const world = simulateWorld({
    startAt: MIDNIGHT,
    seed,
    experiments: [ALPHA],
    settings: { CONTRAIL_SCHEDULE_INTERVAL: '10m', CONTRAIL_SCHEDULE_CHECK_ALERTS: '6h' },
  });
  const { clock, source, store } = world;
  const random = seededRandom(seed);
  const chance = () => random.fraction();
  const load = (week: number, point: number) =>
    source.set(
      `statistics_alpha_week_${week}`,
      memoryTable(numberedRows(3, { window_index: week, point, statistic: 'deciles', parameter: '0.1' }), {
        changedAt: clock.now(),
      }),
    );
  for (const week of WEEKS) load(week, 1);
  source.setView(VIEW, clock.now());
  const worker = world.startWorker();
  const scheduler = world.startScheduler();
  await clock.advance(1 * HOUR);
  return {
    ...world,
    chance,
    load,
    drop: (week: number) => source.remove(`statistics_alpha_week_${week}`),
    shuffled: (weeks: readonly number[]) =>
      weeks
        .map((week) => ({ week, rank: chance() }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ week }) => week),
    head: () => store.head(OBJECT, never),
    analysisStart: async () =>
      (await store.head('metadata/metadata_alpha.json', never))?.metadata[METADATA.analysisStart],
    /** Outcomes of the jobs of a product, oldest first. */
    outcomes: (product: string) =>
      world.sink
        .rows('export_runs_v1')
        .filter((run) => run['product'] === product)
        .map((run) => run['outcome']),
    /** The windows of each file that was ever published, oldest first. */
    published: () =>
      store.history(OBJECT).map(({ object }) => parseWindows(object.metadata[METADATA.windows] ?? '') ?? []),
    stop: async () => {
      await scheduler.stop();
      const stopped = Promise.all([worker.stop(), world.stopRecords()]);
      await clock.advance(5 * MINUTE);
      await stopped;
    },
  };
}

describe('a rerun of the analysis', () => {
  it.each([1, 2, 3])('never takes windows out of the file, and all are new in the end (seed %s)', async (seed) => {
    const rerun = await setup(seed);
    const { clock, load, drop, chance, shuffled } = rerun;

    // Tables go and come in any order, with scans in between, for longer than the settle time.
    for (const week of shuffled(WEEKS)) {
      drop(week);
      await clock.advance(chance() * 30 * MINUTE);
    }
    await clock.advance(chance() * 6 * HOUR);
    for (const week of shuffled(WEEKS)) {
      load(week, 2);
      await clock.advance(chance() * 3 * HOUR);
    }
    await clock.advance(1 * HOUR);
    await rerun.stop();

    const files = rerun.published();
    for (const [index, file] of files.entries()) {
      expect(windowsWithout(files[index - 1] ?? [], file), `file ${index}`).toEqual([]);
    }
    expect(countWindows(files.at(-1) ?? [])).toBe(WEEKS.length);
    const text = rerun.store.history(OBJECT).at(-1)?.bytes.toString('utf8') ?? '';
    expect(text).not.toContain('"point":1,');
    expect((await rerun.head())?.metadata).not.toHaveProperty(METADATA.held);
    const failed = rerun.sink
      .rows('export_runs_v1')
      .filter((run) => run['outcome'] === 'failed' && run['product'] === 'statistics');
    expect(failed).toEqual([]);
  });

  it.each([1, 2, 3])(
    'that never brings some weeks back is published with a WARNING once it has settled (seed %s)',
    async (seed) => {
      const rerun = await setup(seed);
      const { clock, load, drop, shuffled, published } = rerun;

      for (const week of WEEKS) drop(week);
      await clock.advance(2 * HOUR);
      const [first = 1, second = 2] = shuffled(WEEKS);
      for (const week of [first, second]) load(week, 2);
      await clock.advance(11 * HOUR);
      const before = published();
      await clock.advance(2 * HOUR);
      await rerun.stop();

      expect(before.map(countWindows)).toEqual([6]);
      expect(published().map(countWindows)).toEqual([6, 2]);
      const warnings = rerun.sink.rows('logs').filter((row) => row['analysis_period'] !== null);
      expect(warnings.map((row) => row['message'])).toEqual([
        expect.stringMatching(/^The published file had rows of weeks .*; this one has none\.$/),
      ]);
    },
  );

  it('that never brings any table back leaves the file for good', async () => {
    const rerun = await setup(1);
    const generation = (await rerun.head())?.generation;

    for (const week of WEEKS) rerun.drop(week);
    await rerun.clock.advance(30 * HOUR);
    await rerun.stop();

    const object = await rerun.head();
    expect(object?.generation).toBe(generation);
    expect(object?.metadata[METADATA.held]).toMatch(/^2026-01-15T01:.* gone$/);
    expect(rerun.sink.rows('logs').filter((row) => row['analysis_period'] !== null)).toEqual([]);
  });

  it('that only touches the tables moves the version alone: no bytes, no analysis start', async () => {
    const rerun = await setup(1);
    const before = await rerun.head();
    const start = await rerun.analysisStart();
    await rerun.clock.advance(20 * HOUR);
    const touchedAt = rerun.clock.now();

    for (const week of WEEKS) rerun.load(week, 1);
    await rerun.clock.advance(1 * HOUR);
    await rerun.clock.advance(5 * HOUR);
    await rerun.stop();

    const { [METADATA.sourceVersion]: version, [METADATA.job]: _job, ...rest } = (await rerun.head())?.metadata ?? {};
    expect((await rerun.head())?.generation).toBe(before?.generation);
    expect(before?.metadata).toMatchObject(rest);
    expect(version).toBe(new Date(touchedAt).toISOString());
    expect(rerun.outcomes('statistics')).toEqual(['published', 'unchanged']);
    expect(start).toBe('2026-01-14T23:30:00Z');
    expect(await rerun.analysisStart()).toBe(start);
    // One job asked before the statistics were compared; later scans find metadata current.
    expect(rerun.outcomes('metadata')).toEqual(['published', 'skipped']);
  });

  it('that brings new results moves the analysis start', async () => {
    const rerun = await setup(1);
    await rerun.clock.advance(20 * HOUR);
    for (const week of WEEKS) rerun.load(week, 2);
    await rerun.clock.advance(1 * HOUR);
    await rerun.stop();

    expect(await rerun.analysisStart()).toBe('2026-01-15T20:30:00Z');
  });
});
