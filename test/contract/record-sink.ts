/** What every record sink must do; with record-sink-layout.ts it is the whole contract. */
import { describe, expect, it } from 'vitest';
import { type LogEvent, toLogRecord } from '../../src/domain/log-record.ts';
import type { RecordSink } from '../../src/ports/record-sink.ts';

export interface RecordSinkWorld {
  readonly sink: RecordSink;
  /** All rows of a table as they can be read back, in the order in which they were written. */
  readonly rows: (table: string) => Promise<Record<string, unknown>[]>;
}

const NOW = Date.parse('2026-01-15T12:00:00.750Z');
const EXPERIMENTS_TABLE = 'experimenter_experiments_v1';
const EXPERIMENT = {
  normandy_slug: 'my-slug',
  start_date: '2026-01-01',
  proposed_enrollment: 7,
  targeted_percent: 0.5,
  is_rollout: false,
  end_date: null,
  channels: ['nightly', 'beta'],
  outcomes: [],
};

const never = new AbortController().signal;

export function describeRecordSink(name: string, setup: () => Promise<RecordSinkWorld>): void {
  const row = (event: Partial<LogEvent>) => ({
    ...toLogRecord({ message: 'went wrong', level: 'ERROR', at: { file: 'a.ts', function: 'b' }, ...event }, NOW),
  });

  describe(`record sink: ${name}`, () => {
    it('keeps all columns of a log row', async () => {
      const { sink, rows } = await setup();

      await sink.append(
        { id: 'one', table: 'logs', rows: [row({ experiment: 'my-slug', exceptionType: 'X' })] },
        never,
      );

      const [written] = await rows('logs');
      expect(written).toMatchObject({
        experiment: 'my-slug',
        message: 'went wrong',
        log_level: 'ERROR',
        exception: 'None',
        filename: 'a.ts',
        func_name: 'b',
        exception_type: 'X',
        source: 'contrail',
        analysis_period: null,
      });
      expect(Date.parse(String(written?.['timestamp']))).toBe(Date.parse('2026-01-15T12:00:00Z'));
    });

    it('writes a batch once, however often it is appended', async () => {
      const { sink, rows } = await setup();
      const batch = { id: 'same', table: 'logs', rows: [row({}), row({ message: 'second' })] };

      const first = await sink.append(batch, never);
      const second = await sink.append(batch, never);

      expect([first, second]).toEqual(['written', 'known']);
      expect(await rows('logs')).toHaveLength(2);
    });

    it('knows which batches it has written', async () => {
      const { sink } = await setup();
      await sink.append({ id: 'written', table: 'logs', rows: [row({})] }, never);

      const known = await Promise.all(['written', 'other'].map((id) => sink.has({ id, table: 'logs' }, never)));

      expect(known).toEqual([true, false]);
    });

    it('writes halves of characters as the replacement character', async () => {
      const { sink, rows } = await setup();

      const rowWithHalf = { ...row({}), message: 'a\ud800b', experiment: '\udc00' };
      await sink.append({ id: 'halves', table: 'logs', rows: [rowWithHalf] }, never);

      expect(await rows('logs')).toMatchObject([{ message: 'a\ufffdb', experiment: '\ufffd' }]);
    });

    it('writes batches that arrive together', async () => {
      const { sink, rows } = await setup();
      const ids = Array.from({ length: 8 }, (_, index) => `batch-${index}`);

      await Promise.all(ids.map((id) => sink.append({ id, table: 'logs', rows: [row({ message: id })] }, never)));

      const messages = (await rows('logs')).map((entry) => String(entry['message']));
      expect(messages.sort()).toEqual(ids);
    });

    it('keeps text that looks like SQL, HTML or control characters as it is', async () => {
      const { sink, rows } = await setup();
      const message = `'); DROP TABLE logs; -- <b>&amp;</b> \\ " \u0001 \u2028 é 😀`;

      await sink.append({ id: 'odd', table: 'logs', rows: [row({ message, experiment: `x'; --` })] }, never);

      expect(await rows('logs')).toEqual([expect.objectContaining({ message, experiment: `x'; --` })]);
    });

    it('tells which experiments have rows, each once', async () => {
      const { sink } = await setup();

      const before = await sink.loggedExperiments(never);
      await sink.append({ id: '1', table: 'logs', rows: [row({ experiment: 'b' }), row({ experiment: 'a' })] }, never);
      await sink.append({ id: '2', table: 'logs', rows: [row({ experiment: 'b' }), row({})] }, never);

      expect(before).toEqual([]);
      expect(await sink.loggedExperiments(never)).toEqual(['a', 'b']);
    });

    it('replaces all rows of a table, once for each id', async () => {
      const { sink, rows } = await setup();
      await sink.append(
        { id: 'before', table: 'logs', rows: [row({ message: 'old' }), row({ message: 'older' })] },
        never,
      );
      const first = { id: 'first', table: 'logs', rows: [row({ message: 'new' })] };

      const outcomes = [await sink.replace(first, never), await sink.replace(first, never)];
      const afterFirst = await rows('logs');
      await sink.replace({ id: 'second', table: 'logs', rows: [row({ message: 'newer' })] }, never);
      outcomes.push(await sink.replace(first, never));

      expect(outcomes).toEqual(['written', 'known', 'known']);
      expect(afterFirst.map((entry) => entry['message'])).toEqual(['new']);
      expect((await rows('logs')).map((entry) => entry['message'])).toEqual(['newer']);
    });

    it('replaces a table that is missing, and keeps its columns', async () => {
      const { sink, rows } = await setup();

      await sink.replace({ id: 'all', table: EXPERIMENTS_TABLE, rows: [EXPERIMENT] }, never);

      const [written] = await rows(EXPERIMENTS_TABLE);
      expect(written).toMatchObject({ normandy_slug: 'my-slug', start_date: '2026-01-01', end_date: null });
      expect(JSON.stringify(written?.['channels'])).toMatch(/nightly.*beta/);
    });

    it('tells whether a table has rows', async () => {
      const { sink } = await setup();

      const missing = await sink.hasRows('logs', never);
      await sink.append({ id: '1', table: 'logs', rows: [row({})] }, never);
      const filled = await sink.hasRows('logs', never);
      await sink.replace({ id: '2', table: 'logs', rows: [] }, never);
      const empty = await sink.hasRows('logs', never);

      expect([missing, filled, empty]).toEqual([false, true, false]);
    });

    it('refuses work that was aborted before it began', async () => {
      const { sink, rows } = await setup();

      const appending = sink.append({ id: '1', table: 'logs', rows: [row({})] }, AbortSignal.abort(new Error('stop')));

      await expect(appending).rejects.toThrow('stop');
      expect(await rows('logs')).toEqual([]);
    });
  });
}

/** A row without a REQUIRED value is refused, and its batch with it. Apart, because an emulator takes such rows. */
export function describeRequiredValues(name: string, setup: () => Promise<RecordSinkWorld>): void {
  describe(`required values: ${name}`, () => {
    it('refuses a batch with a row that lacks what its table needs, and writes none of it', async () => {
      const world = await setup();

      await expect(appendIncompleteRow(world)).rejects.toMatchObject({ code: 'RECORDS_REFUSED' });

      expect(await world.rows('export_runs_v1')).toMatchObject([{ run_id: 'a.1' }]);
    });
  });
}

/** Writes a good batch, then one with a row that has no `run_id`. */
export async function appendIncompleteRow({ sink }: RecordSinkWorld): Promise<unknown> {
  const table = 'export_runs_v1';
  await sink.append({ id: 'good', table, rows: [{ run_id: 'a.1', outcome: 'published' }] }, never);
  const rows = [
    { run_id: 'b.1', outcome: 'failed' },
    { run_id: null, outcome: 'failed' },
  ];
  return sink.append({ id: 'bad', table, rows }, never);
}
