import { describe, expect, it } from 'vitest';
import type { FileEntry } from '../../../../src/domain/freshness/file-entry.ts';
import { stateOfFile } from '../../../../src/domain/freshness/state-of-file.ts';
import { liveExperiment } from '../../../support/live-experiment.ts';
import { simulateWorld } from '../../../support/simulated-world.ts';
import { memoryTable, numberedRows, type StatisticsRow } from '../../../support/statistics-table.ts';

const START = Date.parse('2026-01-15T00:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const GOOD = 'statistics_alpha_weekly';
const BAD = 'statistics_beta_weekly';

function setup() {
  const world = simulateWorld({
    startAt: START,
    experiments: ['alpha', 'beta'].map(liveExperiment),
    settings: { CONTRAIL_SCHEDULE_INTERVAL: '10m', CONTRAIL_SCHEDULE_CHECK_ALERTS: '23h' },
  });
  const { clock, source, index } = world;
  const change = (table: string, count: number, changes: StatisticsRow = {}) =>
    source.set(
      table,
      memoryTable(numberedRows(count, { statistic: 'deciles', parameter: '0.1', ...changes }), {
        changedAt: clock.now(),
      }),
    );
  const entryOf = async (experiment: string, product = 'statistics'): Promise<FileEntry | undefined> => {
    const { entries = [] } = (await index.read()) ?? {};
    return entries.find(
      ({ file }) =>
        file.experiment === experiment &&
        file.product === product &&
        (product !== 'statistics' || file.period === 'weekly'),
    );
  };
  return {
    ...world,
    change,
    entryOf,
    versionOf: async (table: string) =>
      (await source.describeTables([table], new AbortController().signal)).tables[0]?.version,
    stateOf: async (experiment: string, product?: string) => {
      const entry = await entryOf(experiment, product);
      return entry === undefined ? undefined : stateOfFile(entry, undefined, clock.now(), 6 * HOUR).state;
    },
    stop: async (...parts: { stop: () => Promise<unknown> }[]) => {
      const stopped = Promise.all([...parts.map((part) => part.stop()), world.stopRecords()]);
      await clock.advance(5 * MINUTE);
      await stopped;
    },
  };
}

describe('the freshness index', () => {
  it('knows what scans saw, what workers published and what failed for good', async () => {
    const { change, clock, stateOf, entryOf, versionOf, startWorker, startScheduler, stop } = setup();
    change(GOOD, 4);
    change(BAD, 4, { segment: null });
    const [worker, scheduler] = [startWorker(), startScheduler()];

    await clock.advance(1 * HOUR);

    expect(await stateOf('alpha')).toBe('fresh');
    expect(await entryOf('alpha')).toMatchObject({
      application: 'fenix',
      published: { version: await versionOf(GOOD), rows: 4 },
    });
    expect(await stateOf('beta')).toBe('failed');
    const failed = await entryOf('beta');
    expect(failed?.failure).toMatchObject({ code: 'ROWS_REFUSED', attempts: 1 });
    expect(await stateOf('alpha', 'metadata')).toBe('fresh');
    await stop(worker, scheduler);
  });

  it('has a file late since its first change, though no worker runs and the source changes every hour', async () => {
    const { change, clock, stateOf, entryOf, startWorker, startScheduler, stop } = setup();
    change(GOOD, 4);
    const [worker, scheduler] = [startWorker(), startScheduler()];
    await clock.advance(1 * HOUR);
    await worker.stop();
    const firstChange = clock.now();
    for (let hour = 0; hour < 7; hour++) {
      change(GOOD, 5 + hour);
      await clock.advance(1 * HOUR);
    }

    expect(await stateOf('alpha')).toBe('stale');
    expect((await entryOf('alpha'))?.newer?.changedAt).toBe(firstChange);
    await stop(scheduler);
  });

  it('is filled again after it was lost, with the failures of before', async () => {
    const { change, clock, index, stateOf, entryOf, startWorker, startScheduler, stop } = setup();
    change(GOOD, 4);
    change(BAD, 4, { segment: null });
    const [worker, scheduler] = [startWorker(), startScheduler()];
    await clock.advance(1 * HOUR);
    const before = [await entryOf('alpha'), await entryOf('beta')];

    index.lose();
    const lost = await index.read();
    await clock.advance(15 * MINUTE);

    expect(lost).toBeUndefined();
    expect([await stateOf('alpha'), await stateOf('beta')]).toEqual(['fresh', 'failed']);
    expect((await entryOf('alpha'))?.published?.version).toEqual(before[0]?.published?.version);
    expect((await entryOf('beta'))?.failure).toEqual(before[1]?.failure);
    await stop(worker, scheduler);
  });

  it('learns by the next scan what was published without a note, as by a worker that was killed', async () => {
    const { change, clock, index, log, stateOf, entryOf, versionOf, startWorker, startScheduler, stop } = setup();
    change(GOOD, 4);
    const [worker, scheduler] = [startWorker(), startScheduler()];
    await clock.advance(1 * HOUR);
    change(GOOD, 5);
    index.trouble = () => Promise.reject(new Error('Redis is away'));
    await clock.advance(15 * MINUTE);
    const unnoted = await entryOf('alpha');

    index.trouble = undefined;
    await clock.advance(15 * MINUTE);

    expect(unnoted?.published?.version).not.toBe(await versionOf(GOOD));
    expect((await entryOf('alpha'))?.published?.version).toBe(await versionOf(GOOD));
    expect(await stateOf('alpha')).toBe('fresh');
    expect(log.lines.map(({ text }) => text)).toContain('the end of a job could not be noted for status');
    await stop(worker, scheduler);
  });

  it('learns by the next scan of a job that was cancelled while it waited', async () => {
    const { change, clock, queue, stateOf, entryOf, startScheduler, stop } = setup();
    change(GOOD, 4);
    const scheduler = startScheduler();
    await clock.advance(1 * MINUTE);
    const never = new AbortController().signal;
    await queue.cancel('statistics', await queue.openIds('statistics', never), never);
    await clock.advance(15 * MINUTE);

    expect(await stateOf('alpha')).toBe('failed');
    expect((await entryOf('alpha'))?.failure).toMatchObject({ code: 'CANCELLED' });
    await stop(scheduler);
  });

  it('has a file as gone when its tables were deleted, and forgets an experiment without files', async () => {
    const { change, clock, source, experiments, stateOf, entryOf, startWorker, startScheduler, stop } = setup();
    change(GOOD, 4);
    change(BAD, 4, { segment: null });
    const [worker, scheduler] = [startWorker(), startScheduler()];
    await clock.advance(1 * HOUR);
    source.remove(GOOD);
    source.remove(BAD);
    experiments.replace([]);
    await clock.advance(30 * MINUTE);

    expect(await stateOf('alpha')).toBe('gone');
    expect(await entryOf('beta')).toBeUndefined();
    await stop(worker, scheduler);
  });

  it('is the same with two schedulers as with one', async () => {
    const { change, clock, stateOf, startWorker, startScheduler, stop } = setup();
    change(GOOD, 4);
    change(BAD, 4, { segment: null });
    const parts = [startWorker(), startScheduler(), startScheduler()];

    await clock.advance(1 * HOUR);
    change(GOOD, 5);
    await clock.advance(1 * HOUR);

    expect([await stateOf('alpha'), await stateOf('beta')]).toEqual(['fresh', 'failed']);
    await stop(...parts);
  });
});
