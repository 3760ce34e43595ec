/** An errors file counts from the start in the metadata file, whichever of its tables a rerun changes or only touches. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METADATA } from '../../src/domain/object-metadata.ts';
import { simulateWorld } from '../support/simulated-world.ts';
import { memoryTable, numberedRows } from '../support/statistics-table.ts';

const MIDNIGHT = Date.parse('2026-01-15T00:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const HALF_HOUR = 30 * MINUTE;
const SCAN = 10 * MINUTE;

const ERRORS = 'errors/errors_alpha.json';
const METADATA_FILE = 'metadata/metadata_alpha.json';
const WEEKLY = 'statistics/statistics_alpha_weekly.json';
const TABLES = ['day_1', 'day_2', 'week_1', 'week_2'] as const;
type Table = (typeof TABLES)[number];
const { signal } = new AbortController();

const ALPHA = {
  slug: 'alpha',
  appName: 'fenix',
  status: 'Live',
  startDate: '2025-11-01',
  endDate: null,
  // Rows then count from the start itself, not from that of a week.
  enrollmentEndDate: null,
  proposedEnrollment: 7,
  branches: [{ slug: 'control', ratio: 1 }],
  bucketConfig: { randomizationUnit: 'nimbus_id', namespace: 'n', start: 0, count: 100, total: 10_000 },
  referenceBranch: 'control',
  outcomes: [],
  segments: [],
};

/** Daily and weekly results that were published, an error every half hour, and a scheduler and a worker that go on. */
async function setup(scanMs = SCAN) {
  const world = simulateWorld({
    startAt: MIDNIGHT,
    experiments: [ALPHA],
    settings: { CONTRAIL_SCHEDULE_INTERVAL: `${scanMs / MINUTE}m`, CONTRAIL_SCHEDULE_CHECK_ALERTS: '6h' },
  });
  const { clock, source, store, sink } = world;
  const points = new Map<Table, number>();
  const load = (table: Table, kind: 'touched' | 'changed') => {
    const point = (points.get(table) ?? 0) + (kind === 'changed' ? 1 : 0);
    points.set(table, point);
    const rows = numberedRows(3, {
      window_index: Number(table.at(-1)),
      point,
      statistic: 'deciles',
      parameter: '0.1',
    });
    source.set(`statistics_alpha_${table}`, memoryTable(rows, { changedAt: clock.now() }));
  };
  const errors = Array.from({ length: 200 }, (_, index) => ({
    timestamp: new Date(MIDNIGHT - 24 * HOUR + index * HALF_HOUR).toISOString(),
    experiment: 'alpha',
    message: 'no such column',
    exception_type: 'ValueError',
    source: 'jetstream',
    log_level: 'ERROR',
    filename: 'analysis.py',
    func_name: 'run',
  }));
  await sink.append({ id: 'errors', table: 'logs', rows: errors }, signal);
  for (const table of TABLES) load(table, 'changed');
  source.setView('statistics_alpha_daily', clock.now());
  source.setView('statistics_alpha_weekly', clock.now());
  const worker = world.startWorker();
  const scheduler = world.startScheduler();
  await clock.advance(1 * HOUR);
  const starts = () =>
    store.history(METADATA_FILE).map(({ object }) => Date.parse(object.metadata[METADATA.analysisStart] ?? ''));
  return {
    ...world,
    load,
    starts,
    /** The time of the first row of each errors file that was published, oldest first. */
    firstRows: () => store.history(ERRORS).map(({ bytes }) => firstRowOf(bytes)),
    /** The first row since the start in the metadata file. */
    expectedFirstRow: () => Math.ceil((starts().at(-1) ?? NaN) / HALF_HOUR) * HALF_HOUR,
    publishedAt: (name: string) => store.history(name).at(-1)?.object.changedAt ?? NaN,
    stop: async () => {
      await scheduler.stop();
      const stopped = Promise.all([worker.stop(), world.stopRecords()]);
      await clock.advance(5 * MINUTE);
      await stopped;
    },
  };
}

function firstRowOf(file: Buffer): number {
  const [first] = JSON.parse(file.toString('utf8')) as { readonly timestamp: string }[];
  return Date.parse(first?.timestamp.replace(' ', 'T') ?? '');
}

describe('the errors file', () => {
  it('keeps the older errors when a rerun only touches tables', async () => {
    const world = await setup();
    const before = world.firstRows();
    await world.clock.advance(20 * HOUR);

    for (const table of TABLES) world.load(table, 'touched');
    await world.clock.advance(6 * HOUR);
    await world.stop();

    expect(before).toEqual([world.expectedFirstRow()]);
    expect(world.firstRows()).toEqual(before);
  });

  it('keeps the older errors when the tables are gone', async () => {
    const world = await setup();
    const before = world.firstRows();

    for (const table of TABLES) world.source.remove(`statistics_alpha_${table}`);
    await world.clock.advance(6 * HOUR);
    await world.stop();

    expect(world.firstRows()).toEqual(before);
  });

  it('follows new results: the metadata file a scan after they were compared, the errors file a scan later', async () => {
    const world = await setup();
    await world.clock.advance(20 * HOUR);
    const changedAt = world.clock.now();
    for (const table of ['day_1', 'day_2'] as const) world.load(table, 'touched');
    await world.clock.advance(3 * MINUTE);
    for (const table of ['week_1', 'week_2'] as const) world.load(table, 'changed');

    await world.clock.advance(1 * HOUR);
    await world.stop();

    const comparedAt = world.publishedAt(WEEKLY);
    expect(comparedAt).toBeGreaterThan(changedAt);
    expect(world.starts()).toEqual([MIDNIGHT - HALF_HOUR, changedAt + 3 * MINUTE - HALF_HOUR]);
    expect(world.publishedAt(METADATA_FILE) - comparedAt).toBeLessThanOrEqual(SCAN);
    expect(world.publishedAt(ERRORS) - world.publishedAt(METADATA_FILE)).toBeLessThanOrEqual(SCAN);
    expect(world.firstRows()).toEqual([MIDNIGHT - HALF_HOUR, world.expectedFirstRow()]);
  });

  it(
    'counts from the start in the metadata file in the end, and never from an earlier one than before',
    { timeout: 180_000 },
    async () => {
      const step = fc.record({
        kind: fc.constantFrom('touched' as const, 'changed' as const),
        tables: fc.uniqueArray(fc.constantFrom(...TABLES), { minLength: 1 }),
        minutes: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 60, max: 900 })),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
          const world = await setup(HALF_HOUR);
          for (const { kind, tables, minutes } of steps) {
            for (const table of tables) world.load(table, kind);
            await world.clock.advance(minutes * MINUTE);
          }
          await world.clock.advance(2 * HOUR);
          await world.stop();

          expect(world.firstRows().at(-1)).toBe(world.expectedFirstRow());
          // Neither goes back and forth: each is published once for each start.
          expect(world.starts()).toEqual([...new Set(world.starts())].sort((a, b) => a - b));
          expect(world.firstRows()).toEqual([...new Set(world.firstRows())].sort((a, b) => a - b));
          if (steps.every(({ kind }) => kind === 'touched')) expect(world.starts()).toHaveLength(1);
        }),
        { numRuns: 10 },
      );
    },
  );
});
