import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { MemoryRecordSink } from '../../../../src/adapters/memory/record-sink.ts';
import { importExperiments } from '../../../../src/workers/monitoring/import-experiments.ts';
import { monitoringFixture } from '../../../support/monitoring-fixture.ts';
import { recordedLog } from '../../../support/recorded-log.ts';

const TABLE = 'experimenter_experiments_v1';
const input = monitoringFixture<unknown[]>('experimenter_experiments/input.json');
const golden = monitoringFixture<{ now: string; rows: Record<string, unknown>[] }>(
  'experimenter_experiments/golden.json',
);
const never = new AbortController().signal;

function setup() {
  const world = {
    reply: input as unknown,
    now: Date.parse(golden.now),
    sink: new MemoryRecordSink(),
    run: async (work = 'tick-1') => importExperiments(deps, [work], never),
  };
  const clock = { ...systemClock, now: () => world.now };
  const deps = {
    experimentRecords: { url: 'memory:', fetch: async () => world.reply },
    tables: world.sink,
    records: { sink: world.sink, clock, log: recordedLog() },
    clock,
  };
  return world;
}

describe('importExperiments', () => {
  it('replaces the table by the golden rows', async () => {
    const world = setup();

    const result = await world.run();

    expect(result).toEqual({ imported: 13, malformed: 10, outcome: 'replaced' });
    expect(world.sink.rows(TABLE)).toEqual(golden.rows);
  });

  it('logs one ERROR for each record that is malformed, under its slug where there is one', async () => {
    const world = setup();

    await world.run();

    const rows = world.sink.rows('logs');
    expect(rows).toHaveLength(10);
    expect(rows.filter((row) => row['experiment'] === null)).toHaveLength(1);
    expect(rows[2]).toMatchObject({
      experiment: 'bad-no-bucket-count',
      log_level: 'ERROR',
      source: 'contrail',
      message: expect.stringContaining('bucketConfig.count must be a number'),
    });
  });

  it('imports a record whose rerun request cannot be read, and logs a WARNING under its slug once a day', async () => {
    const world = setup();
    world.reply = [{ ...(input[0] as object), slug: 'my-slug', doRerunTimestamp: 'soon' }];

    const result = await world.run('tick-1');
    await world.run('tick-2');

    expect(result).toEqual({ imported: 1, malformed: 0, outcome: 'replaced' });
    expect(world.sink.rows('logs')).toMatchObject([
      { experiment: 'my-slug', log_level: 'WARNING', message: expect.stringContaining('doRerunTimestamp: must be') },
    ]);
  });

  it('leaves out a record with half of a surrogate pair, names it in the log, and imports all others', async () => {
    const world = setup();
    world.reply = [...input, { ...(input[0] as object), slug: 'half-\ud800' }];

    const result = await world.run();

    expect(result).toEqual({ imported: 13, malformed: 11, outcome: 'replaced' });
    const logged = world.sink.rows('logs').at(-1);
    expect(logged).toMatchObject({ experiment: null, message: expect.stringContaining('half-\\ud800') });
    expect(JSON.stringify(logged)).not.toMatch(/[^\\]\\ud800/);
  });

  it('logs the same fault once a day, however often the import runs', async () => {
    const world = setup();
    await world.run('tick-1');
    await world.run('tick-2');
    const ofTheDay = world.sink.rows('logs').length;

    world.now += 24 * 3_600_000;
    await world.run('tick-3');

    expect(ofTheDay).toBe(10);
    expect(world.sink.rows('logs')).toHaveLength(20);
  });

  it.each([[{ detail: 'not found' }], [null], ['<html>']])(
    'refuses %j, which is no list, and keeps the table',
    async (reply) => {
      const world = setup();
      await world.run();
      world.reply = reply;

      await expect(world.run('tick-2')).rejects.toMatchObject({ code: 'EXPERIMENTS_UNREADABLE' });
      expect(world.sink.rows(TABLE)).toHaveLength(13);
    },
  );

  it.each([[[]], [[null, { slug: 'x' }]]])('refuses to empty a table that has rows: %j', async (reply) => {
    const world = setup();
    await world.run();
    world.reply = reply;

    await expect(world.run('tick-2')).rejects.toMatchObject({ code: 'EXPERIMENTS_UNREADABLE' });
    expect(world.sink.rows(TABLE)).toHaveLength(13);
  });

  it('leaves an empty table alone when there is no experiment', async () => {
    const world = setup();
    world.reply = [];

    expect(await world.run()).toEqual({ imported: 0, malformed: 0, outcome: 'kept' });
    expect(world.sink.rows(TABLE)).toEqual([]);
  });

  it('keeps repeated slugs, as the reply has them', async () => {
    const world = setup();
    world.reply = [input[0], input[0]];

    expect(await world.run()).toMatchObject({ imported: 2 });
  });

  it('writes a later state again that is the same as an earlier one', async () => {
    const world = setup();
    for (const [tick, reply] of [input, [input[0]], input].entries()) {
      world.reply = reply;
      await world.run(`tick-${tick}`);
    }

    expect(world.sink.rows(TABLE)).toEqual(golden.rows);
  });

  it('writes nothing twice for the same work', async () => {
    const world = setup();
    await world.run('tick-1');
    world.reply = [input[0]];

    await world.run('tick-1');

    expect(world.sink.rows(TABLE)).toEqual(golden.rows);
  });
});
