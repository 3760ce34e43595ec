import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../src/adapters/memory/seeded-random.ts';
import { MemoryStatisticsSource } from '../../../../src/adapters/memory/statistics-source.ts';
import { METADATA } from '../../../../src/domain/object-metadata.ts';
import type { JobOutcome } from '../../../../src/domain/outcome.ts';
import { STATISTICS_PART_JOB } from '../../../../src/jobs/statistics-part-job.ts';
import type { StatisticsPayload } from '../../../../src/jobs/statistics-job.ts';
import type { DividedWork, JobContext } from '../../../../src/ports/job-handler.ts';
import { ABSENT } from '../../../../src/ports/object-store.ts';
import type { OpenRequest, OpenTable, TablePart } from '../../../../src/ports/statistics-source.ts';
import { handleStatisticsPart } from '../../../../src/workers/statistics/part-handler.ts';
import { handleStatisticsJob } from '../../../../src/workers/statistics/statistics-handler.ts';
import { LossyStore } from '../../../support/lost-answers.ts';
import { memoryTable, numberedRows, statisticsRow } from '../../../support/statistics-table.ts';
import { makeStatisticsWorld, NOW, OBJECT, TABLE } from '../../../support/statistics-world.ts';

const VERSION = '2026-01-15T00:00:00.000Z';
const PAYLOAD: StatisticsPayload = {
  version: 1,
  experiment: 'my-slug',
  period: 'weekly',
  knownBy: 'api',
  sourceVersion: VERSION,
  seen: { generation: ABSENT, metadata: {} },
  rows: 1_000_000,
  reason: 'new',
  force: false,
};
const COST = { requests: 1, bytesRead: 10, bytesBilled: 100, slotMs: 1_000, queryMs: 10_000 };
const usageOf = (readings: number) =>
  Object.fromEntries(Object.entries(COST).map(([name, amount]) => [name, amount * readings]));

/** A source in which dividing a table, and reading it or a part of it, costs something. */
class CostlySource extends MemoryStatisticsSource {
  override async open(request: OpenRequest): Promise<OpenTable | undefined> {
    const table = await super.open(request);
    return table && { ...table, usage: () => COST };
  }

  override async divide(request: OpenRequest) {
    const table = await super.divide(request);
    return table && { ...table, usage: () => COST };
  }

  override async openPart(part: TablePart, signal: AbortSignal): Promise<OpenTable> {
    return { ...(await super.openPart(part, signal)), usage: () => COST };
  }
}

function setup(rows = numberedRows(6), isVeryLarge = true) {
  const { deps, clock, never, time } = makeStatisticsWorld();
  const source = new CostlySource();
  const store = new LossyStore({ clock, keepHistory: true });
  source.set(TABLE, { ...memoryTable(rows, { rowsPerBatch: 2 }), isVeryLarge });
  const division = { source, store, random: seededRandom(1), fromRows: 10 };
  const context = (divided?: DividedWork): JobContext => ({
    ...(divided === undefined ? {} : { divided }),
    jobId: 'a-job',
    attempt: 1,
    attempts: 6,
    signal: never,
    enqueuedAt: NOW,
    waitedMs: 0,
    failedRounds: 0,
    progress: () => {},
    log: () => {},
  });
  const handle = (divided?: DividedWork, payload: Partial<StatisticsPayload> = {}) =>
    handleStatisticsJob({ ...deps, source, store, division }, { ...PAYLOAD, ...payload }, context(divided));
  /** Does the parts of a divided job, as other workers would. */
  const doParts = async (outcome: JobOutcome): Promise<DividedWork> => {
    if (outcome.kind !== 'divided') throw new Error(`not divided: ${outcome.kind}`);
    const ended = [];
    for (const { id, payload } of outcome.parts) {
      const part = STATISTICS_PART_JOB.payload.parse(payload);
      ended.push({ id, result: await handleStatisticsPart({ ...deps, source, store }, part, context()) });
    }
    return { state: outcome.state, parts: ended, forget: () => {} };
  };
  const objects = async () => (await store.list('', never)).map(({ name }) => name);
  return { time, source, store, handle, doParts, objects, head: () => store.head(OBJECT, never) };
}

describe('a divided export', () => {
  it('ends with what the division and all parts have cost, the rows of the source, and the generation', async () => {
    const { handle, doParts, objects, head, time } = setup();
    const parts = await doParts(await handle());
    time.now += 5_000;

    const outcome = await handle(parts);

    expect(outcome).toMatchObject({
      kind: 'published',
      source: `memory.${TABLE}`,
      sourceVersion: VERSION,
      rows: 6,
      sourceRows: 6,
      bytes: (await head())?.bytes,
      durationMs: 5_000,
      usage: usageOf(4),
      generation: (await head())?.generation,
    });
    expect(await objects()).toEqual([OBJECT]);
  });

  it('leaves a file that has windows whose tables are not back yet', async () => {
    const { source, store, handle, doParts, head } = setup();
    const week = (window: number, changedAt: number) => {
      const rows = [statisticsRow({ window_index: window, point: changedAt })];
      source.set(`statistics_my_slug_week_${window}`, { ...memoryTable(rows, { changedAt }), isVeryLarge: true });
    };
    source.remove(TABLE);
    source.setView(TABLE, NOW - 50 * 3_600_000);
    for (const window of [1, 2, 3]) week(window, NOW - 50 * 3_600_000);
    await handle(await doParts(await handle()));
    const { generation = ABSENT, metadata = {} } = (await head()) ?? {};
    source.remove('statistics_my_slug_week_2');
    week(1, NOW - 60_000);

    const seen = { generation, metadata };
    const outcome = await handle(await doParts(await handle(undefined, { seen })), { seen });

    expect(outcome).toEqual({ kind: 'skipped', reason: 'rebuilding: weeks 1, 3 of 3', source: 'rebuilding' });
    expect((await head())?.generation).toBe(generation);
    expect((await store.list('', new AbortController().signal)).map(({ name }) => name)).toEqual([OBJECT]);
  });

  it.each([
    ['OBJECT_CHANGED', false],
    ['OBJECT_CHANGED', true],
    ['SERVICE_UNAVAILABLE', false],
    ['SERVICE_UNAVAILABLE', true],
  ] as const)('tells all of that when the answer of the store is lost (%s, force: %s)', async (seenAs, force) => {
    const { handle, doParts, store, head } = setup();
    const parts = await doParts(await handle(undefined, { force }));
    Object.assign(store, { seenAs, losses: 1 });

    const first = await handle(parts, { force }).catch((error: unknown) => error);
    const outcome = seenAs === 'OBJECT_CHANGED' ? first : await handle(parts, { force });

    const facts = { kind: 'published', rows: 6, sourceRows: 6, usage: usageOf(4) };
    expect(outcome).toMatchObject({ ...facts, generation: (await head())?.generation });
    expect(store.history(OBJECT)).toHaveLength(1);
  });

  it('tells the rows of the source when it was published before its parts were forgotten', async () => {
    const { handle, doParts, head } = setup();
    await handle(await doParts(await handle()));
    const seen = { generation: (await head())?.generation ?? '', metadata: (await head())?.metadata ?? {} };

    const outcome = await handle(undefined, { seen });

    expect(outcome).toMatchObject({ kind: 'published', rows: 6, sourceRows: 6, generation: seen.generation });
  });

  it('adds up both rounds when the parts have to be made again', async () => {
    const { handle, doParts, head, objects } = setup([
      ...numberedRows(5),
      statisticsRow({ metric: 'z', comparison: 'difference', comparison_to_branch: 'nobody' }),
    ]);
    const second = await handle(await doParts(await handle()));

    const outcome = await handle(await doParts(second));

    expect(second.kind).toBe('divided');
    expect(outcome).toMatchObject({ kind: 'published', rows: 5, dropped: 1, sourceRows: 6, usage: usageOf(7) });
    expect((await head())?.metadata).toMatchObject({ [METADATA.rows]: '5', [METADATA.dropped]: '1' });
    expect(await objects()).toEqual([OBJECT]);
  });
});

describe('an export of a whole table', () => {
  it('costs what its readings cost, one or two', async () => {
    const once = await setup(numberedRows(6), false).handle();
    const twice = await setup(
      [...numberedRows(5), statisticsRow({ metric: 'z', comparison: 'difference', comparison_to_branch: 'nobody' })],
      false,
    ).handle();

    expect(once).toMatchObject({ rows: 6, usage: usageOf(1) });
    expect(twice).toMatchObject({ rows: 5, dropped: 1, usage: usageOf(2) });
  });
});
