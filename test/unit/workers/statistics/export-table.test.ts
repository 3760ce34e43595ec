import { describe, expect, it } from 'vitest';
import { METADATA } from '../../../../src/domain/object-metadata.ts';
import { CONTRAIL_VERSION } from '../../../../src/domain/version.ts';
import { exportTable } from '../../../../src/workers/statistics/export-table.ts';
import { columnsWith, memoryTable, numberedRows, statisticsRow } from '../../../support/statistics-table.ts';
import { makeStatisticsWorld, OBJECT, TABLE } from '../../../support/statistics-world.ts';

const CHANGED_AT = Date.parse('2026-01-15T00:00:00.123Z');
const VERSION = '2026-01-15T00:00:00.123Z';
const ROW =
  '{"metric":"active_hours","statistic":"mean","parameter":null,"branch":"control","comparison":null,"comparison_to_branch":null,' +
  '"ci_width":0.95,"point":1.5,"lower":1,"upper":2,"segment":"all","analysis_basis":"enrollments","window_index":"1"}';

function setup() {
  const world = makeStatisticsWorld();
  world.source.set(TABLE, memoryTable([statisticsRow()], { changedAt: CHANGED_AT }));
  return { ...world, run: (changes = {}) => exportTable(world.deps, world.request(changes)) };
}

describe('an export', () => {
  it('publishes the rows of the table, and says in the metadata what they are', async () => {
    const { run, textOf, head } = setup();

    const { outcome } = await run();

    expect(await textOf()).toBe(`[${ROW}]`);
    expect((await head())?.metadata).toEqual({
      [METADATA.source]: `memory.${TABLE}`,
      [METADATA.sourceVersion]: VERSION,
      [METADATA.rows]: '1',
      [METADATA.rejected]: '0',
      [METADATA.dropped]: '0',
      [METADATA.windows]: '1',
      [METADATA.bases]: 'enrollments',
      [METADATA.duplicates]: '0',
      [METADATA.job]: 'a-job',
      [METADATA.version]: CONTRAIL_VERSION,
      [METADATA.experiment]: 'my-slug',
      [METADATA.sha256]: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(outcome).toEqual({
      kind: 'published',
      generation: '1',
      sourceRows: 1,
      usage: { bytesBilled: 0, bytesRead: 0, queryMs: 0, requests: 0, slotMs: 0 },
      object: OBJECT,
      location: `memory:${OBJECT}`,
      source: `memory.${TABLE}`,
      sourceVersion: VERSION,
      rows: 1,
      rejected: 0,
      dropped: 0,
      duplicates: 0,
      bytes: ROW.length + 2,
      warnings: [],
      durationMs: 0,
      readMs: expect.any(Number),
      publishMs: expect.any(Number),
    });
  });

  it('publishes an empty list where the table has no rows', async () => {
    const { run, source, textOf } = setup();
    source.set(TABLE, memoryTable([]));

    const { outcome } = await run();

    expect([outcome.kind, await textOf()]).toEqual(['published', '[]']);
  });

  it('joins batches, and leaves refused and repeated rows out wherever they stand', async () => {
    const { run, source, textOf } = setup();
    const rows = [
      statisticsRow({ metric: null }),
      ...numberedRows(30),
      statisticsRow({ metric: 'metric_000029', point: 2 }),
      statisticsRow({ metric: 'z', segment: null }),
    ];
    source.set(TABLE, memoryTable(rows, { rowsPerBatch: 4 }));

    const { outcome, events } = await run();

    const written = JSON.parse((await textOf()) ?? '') as { metric: string }[];
    expect(written.map((row) => row.metric)).toEqual(numberedRows(30).map((row) => row['metric']));
    expect(outcome).toMatchObject({ rows: 30, rejected: 2, duplicates: 1 });
    expect(events[0]?.message).toContain(
      'Left out 2 of 33 rows that Experimenter would reject: metric is null (1 row); segment is null (1 row).',
    );
  });

  it('exports further columns as they are', async () => {
    const { run, source, textOf } = setup();
    const columns = columnsWith({ note: { kind: 'json' } });
    source.set(TABLE, memoryTable([statisticsRow({ note: '{"a": [1]}' })], { columns }));

    await run();

    expect(await textOf()).toBe(`[${ROW.slice(0, -1)},"note":{"a":[1]}}]`);
  });

  it('tells how far it is', async () => {
    const { run, source } = setup();
    source.set(TABLE, memoryTable(numberedRows(5), { rowsPerBatch: 2 }));
    const told: [number, number][] = [];

    await run({ onProgress: (rows: number, of: number) => told.push([rows, of]) });

    expect(told).toEqual([
      [2, 5],
      [4, 5],
      [5, 5],
    ]);
  });
});

describe('a file that is there already', () => {
  it('is left alone when it is current', async () => {
    const { run, head } = setup();
    await run();
    const before = await head();

    const { outcome } = await run({ job: 'another' });

    expect(outcome).toEqual({
      kind: 'skipped',
      reason: 'the file is current',
      object: OBJECT,
      location: `memory:${OBJECT}`,
    });
    expect(await head()).toEqual(before);
  });

  it('is replaced when the table has changed', async () => {
    const { run, source, textOf, store } = setup();
    await run();
    source.set(TABLE, memoryTable([], { changedAt: CHANGED_AT + 1 }));

    const { outcome } = await run();

    expect([outcome.kind, await textOf(), store.history(OBJECT).length]).toEqual(['published', '[]', 2]);
  });

  it('keeps its bytes when they would be the same, and only gets the new version', async () => {
    const { run, source, head, store } = setup();
    await run();
    const before = await head();
    source.set(TABLE, memoryTable([statisticsRow()], { changedAt: CHANGED_AT + 1 }));

    const { outcome } = await run({ job: 'another' });

    const after = await head();
    expect(outcome.kind).toBe('unchanged');
    expect(after).toEqual({
      ...before,
      metadata: {
        ...before?.metadata,
        [METADATA.sourceVersion]: '2026-01-15T00:00:00.124Z',
        [METADATA.job]: 'another',
      },
    });
    expect(store.history(OBJECT)).toHaveLength(1);
  });

  it('is written again when that is forced, though it is current', async () => {
    const { run, store } = setup();
    await run();

    const { outcome } = await run({ force: true });

    expect([outcome.kind, store.history(OBJECT).length]).toEqual(['published', 2]);
  });

  it('stays when it is newer than the table', async () => {
    const { run, publish, textOf } = setup();
    await publish('newer', { [METADATA.sourceVersion]: '2026-01-15T00:00:00.124Z' });

    const { outcome } = await run();

    expect(outcome).toMatchObject({ kind: 'superseded', reason: 'the file is newer than the source', object: OBJECT });
    expect(await textOf()).toBe('newer');
  });

  it('is replaced when another program made it', async () => {
    const { run, publish, textOf } = setup();
    await publish('theirs');

    const { outcome } = await run();

    expect([outcome.kind, await textOf()]).toEqual(['published', `[${ROW}]`]);
  });

  it('is replaced when its version is a fingerprint, which no time is newer than', async () => {
    const { run, publish } = setup();
    await publish('theirs', { [METADATA.sourceVersion]: 'f0123456789abcdef' });

    expect((await run()).outcome.kind).toBe('published');
  });
});

describe('what planning saw', () => {
  it('spares a look at the object', async () => {
    const { run, head } = setup();
    await run();
    const seen = await head();

    const { outcome } = await run({ job: 'another', seen: { sourceVersion: VERSION, object: seen } });

    expect(outcome.kind).toBe('skipped');
  });

  it('is no longer trusted when it was wrong', async () => {
    const { run, publish, textOf } = setup();
    await publish('theirs');

    const { outcome } = await run({
      seen: { sourceVersion: VERSION, object: { generation: 'absent', metadata: {} } },
    });

    expect([outcome.kind, await textOf()]).toEqual(['published', `[${ROW}]`]);
  });
});
