/** A day of Contrail on a virtual clock, with the troubles that a day can bring. */
import { describe, expect, it } from 'vitest';
import { ContrailError } from '../../src/domain/errors.ts';
import { METADATA } from '../../src/domain/object-metadata.ts';
import { JOB_KINDS } from '../../src/jobs/job-kinds.ts';
import { STATISTICS_PART_JOB } from '../../src/jobs/statistics-part-job.ts';
import { liveExperiment } from '../support/live-experiment.ts';
import { simulateWorld, type SimulatedWorld } from '../support/simulated-world.ts';
import { memoryTable, numberedRows, type StatisticsRow } from '../support/statistics-table.ts';

const MIDNIGHT = Date.parse('2026-01-15T00:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const WEEKLY = 'statistics_alpha_weekly';
const LARGE = 'statistics_beta_overall';
const REFUSED = 'statistics_gamma_weekly';

/** Rows of both branches, as the console takes them. */
function rowsOf(count: number, changes: StatisticsRow = {}): StatisticsRow[] {
  return numberedRows(count, { statistic: 'deciles', parameter: '0.1', ...changes });
}

function setup() {
  const world = simulateWorld({
    startAt: MIDNIGHT,
    experiments: ['alpha', 'beta', 'gamma'].map(liveExperiment),
    settings: {
      CONTRAIL_STATISTICS_DIVIDE_ROWS: '30',
      CONTRAIL_SCHEDULE_INTERVAL: '10m',
      CONTRAIL_SCHEDULE_CHECK_ALERTS: '30m',
    },
  });
  const { clock, source, store } = world;
  const change = (table: string, count: number, changes?: StatisticsRow) =>
    source.set(table, memoryTable(rowsOf(count, changes), { changedAt: clock.now() }));
  return {
    ...world,
    change,
    changeLarge: () =>
      source.set(LARGE, {
        ...memoryTable(rowsOf(40, { window_index: null }), { changedAt: clock.now(), rowsPerBatch: 10 }),
        isVeryLarge: true,
      }),
    /** Lets time pass until so long after midnight. */
    until: (sinceMidnight: number) => clock.advance(MIDNIGHT + sinceMidnight - clock.now()),
    versionOf: async (table: string) => {
      const { tables } = await source.describeTables([table], new AbortController().signal);
      return tables[0]?.version;
    },
    published: async (table: string) => {
      const object = await store.head(`statistics/${table}.json`, new AbortController().signal);
      return object?.metadata[METADATA.sourceVersion];
    },
  };
}

describe('a day of Contrail', () => {
  it('ends with every file current, every failure on record and no job left behind', async () => {
    const day = setup();
    const { clock, store, sink, until, change, changeLarge, published, versionOf } = day;
    change(WEEKLY, 4);
    changeLarge();
    let worker = day.startWorker();
    const scheduler = day.startScheduler();

    // The first scan publishes all there is, the very large table in parts.
    await until(1 * HOUR);
    expect(await published(WEEKLY)).toBe(await versionOf(WEEKLY));
    expect(await published(LARGE)).toBe(await versionOf(LARGE));
    const partsAtFirst = await countsOf(day, STATISTICS_PART_JOB.queue);
    expect(partsAtFirst.completed).toBe(4);

    // The bucket refuses writes for a quarter of an hour: nothing is charged, and the files come when it takes them again.
    await until(4 * HOUR);
    change(WEEKLY, 5);
    store.trouble = () => {
      throw new ContrailError('THROTTLED', 'The bucket has too many requests.');
    };
    await until(4 * HOUR + 15 * MINUTE);
    store.trouble = undefined;
    await until(5 * HOUR);
    expect(await published(WEEKLY)).toBe(await versionOf(WEEKLY));

    // A fault that passes: the next attempt succeeds.
    await until(8 * HOUR);
    change(WEEKLY, 6);
    let faults = 2;
    store.trouble = () => {
      if (faults-- > 0) throw new ContrailError('SERVICE_UNAVAILABLE', 'The bucket is away.');
    };
    await until(9 * HOUR);
    store.trouble = undefined;
    expect(await published(WEEKLY)).toBe(await versionOf(WEEKLY));

    // A worker dies while it writes a part of the very large table; another one goes on.
    await until(12 * HOUR);
    changeLarge();
    const crashed = new Promise<void>((resolve) => {
      store.trouble = async ({ name }) => {
        if (!name.includes('.contrail-work/')) return;
        store.trouble = undefined;
        worker.crash();
        resolve();
        // The process is gone: its write never ends.
        await new Promise(() => undefined);
      };
    });
    await until(12 * HOUR + 15 * MINUTE);
    await crashed;
    worker = day.startWorker();
    await until(13 * HOUR);
    expect(await published(LARGE)).toBe(await versionOf(LARGE));

    // Rows that the console would refuse: the last good file stays, and the failure is told once a version.
    await until(16 * HOUR);
    change(REFUSED, 4, { segment: null });
    await until(18 * HOUR);
    expect(await published(REFUSED)).toBeUndefined();

    await until(24 * HOUR);
    await scheduler.stop();
    const stopped = Promise.all([worker.stop(), day.stopRecords()]);
    await clock.advance(5 * MINUTE);
    await stopped;

    const names = (await store.list('', new AbortController().signal)).map(({ name }) => name);
    for (const { object, bytes } of names.flatMap((name) => store.history(name))) {
      expect(() => void JSON.parse(bytes.toString('utf8')), object.name).not.toThrow();
    }
    const left = await Promise.all(JOB_KINDS.map(({ queue }) => countsOf(day, queue)));
    expect(left.map(({ waiting, active, delayed }) => waiting + active + delayed)).toEqual(JOB_KINDS.map(() => 0));
    const runs = sink.rows('export_runs_v1');
    expect(runs.filter((run) => run['experiment'] === 'gamma' && run['outcome'] === 'failed')).toHaveLength(1);
    const refusals = sink.rows('logs').filter((row) => row['exception_type'] === 'InvalidStatisticException');
    expect(refusals.map((row) => row['experiment'])).toEqual(['gamma']);
    const texts = day.log.lines.map(({ text }) => text);
    expect(texts.filter((text) => text === 'scanned').length).toBeGreaterThan(130);
    expect(texts).toContain('job throttled');
    expect(day.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

function countsOf({ queue }: Pick<SimulatedWorld, 'queue'>, name: string) {
  return queue.counts(name);
}
