/** What every reader of the experiments' log rows must do. */
import { describe, expect, it } from 'vitest';
import { parseTimestamp } from '../../src/domain/utc-time.ts';
import type { ExperimentLogs } from '../../src/ports/experiment-logs.ts';
import type { RecordRow, RecordSink } from '../../src/ports/record-sink.ts';

export interface ExperimentLogsWorld {
  readonly logs: ExperimentLogs;
  /** Writes the rows that `logs` reads. */
  readonly sink: Pick<RecordSink, 'append'>;
}

const ROW = {
  timestamp: '2026-01-13T04:30:00Z',
  experiment: 'my-slug',
  message: 'went wrong',
  log_level: 'ERROR',
  exception: 'ValueError()',
  filename: 'analysis.py',
  func_name: 'run',
  exception_type: 'ValueError',
  source: 'jetstream',
  metric: 'uri_count',
};

const LIMITS = { rows: 1_000, characters: 1_000 };

export function describeExperimentLogs(name: string, setup: () => Promise<ExperimentLogsWorld>): void {
  const never = new AbortController().signal;
  const from = (text: string): number => parseTimestamp(text) ?? Number.NaN;

  async function setupWith(...rows: readonly RecordRow[]) {
    const world = await setup();
    await world.sink.append({ id: 'rows', table: 'logs', rows: rows.map((row) => ({ ...ROW, ...row })) }, never);
    return {
      messages: async (request: { experiment: string; from: number | null }) =>
        (await world.logs.errorRows({ ...request, limits: LIMITS }, never))
          .map((row) => row['message'])
          .toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
      ...world,
    };
  }

  describe(`experiment logs: ${name}`, () => {
    it('have no rows where there is no table', async () => {
      const { logs } = await setup();

      const rows = await logs.errorRows({ experiment: 'my-slug', from: null, limits: LIMITS }, never);
      const summaries = await logs.summarise([{ experiment: 'my-slug', from: null }], never);

      expect(rows).toEqual([]);
      expect(summaries.size).toBe(0);
    });

    it('give all columns of a row, NULL as null and the time to the microsecond', async () => {
      const { logs } = await setupWith({ timestamp: '2026-01-13T04:30:00.123456Z' });

      const [row] = await logs.errorRows({ experiment: 'my-slug', from: null, limits: LIMITS }, never);

      expect(row).toEqual({
        ...ROW,
        timestamp: '2026-01-13T04:30:00.123456Z',
        statistic: null,
        analysis_basis: null,
        segment: null,
        analysis_period: null,
      });
    });

    it('give the newest rows and the beginning of texts, as far as the limits allow', async () => {
      const { logs } = await setupWith(
        { message: 'second', timestamp: '2026-01-13T04:31:00Z' },
        { message: '\u{1F600}\u{1F600}\u{1F600}\u{1F600}', timestamp: '2026-01-13T04:32:00Z' },
        { message: 'oldest', timestamp: '2026-01-13T04:30:00Z' },
      );

      const limits = { rows: 2, characters: 3 };
      const rows = await logs.errorRows({ experiment: 'my-slug', from: null, limits }, never);

      expect(rows.map(({ message, filename }) => [message, filename])).toEqual([
        ['\u{1F600}\u{1F600}\u{1F600}', 'ana'],
        ['sec', 'ana'],
      ]);
    });

    it('take a slug as it is, whatever it looks like', async () => {
      const slug = `x' OR 1=1 -- <b>"; \\`;
      const { messages } = await setupWith({ experiment: slug, message: 'mine' }, { message: 'of another' });

      const found = await messages({ experiment: slug, from: null });

      expect(found).toEqual(['mine']);
    });

    it('leave out what is expected, what has no exception type, and what Contrail wrote', async () => {
      const { messages, logs } = await setupWith(
        { message: 'counts' },
        { message: 'counts too', source: null },
        { message: 'ended', exception_type: 'EndedException' },
        { message: 'enrolling', exception_type: 'EnrollmentNotCompleteException' },
        { message: 'warning', exception_type: null },
        { message: 'ours', source: 'contrail' },
      );

      const found = await messages({ experiment: 'my-slug', from: null });
      const summaries = await logs.summarise([{ experiment: 'my-slug', from: null }], never);

      expect(found).toEqual(['counts', 'counts too']);
      expect(summaries.get('my-slug')?.rows).toBe(2);
    });

    it('begin with the bound, inclusive', async () => {
      const { messages } = await setupWith(
        { message: 'before', timestamp: '2026-01-13T04:29:59.999999Z' },
        { message: 'at', timestamp: '2026-01-13T04:30:00Z' },
        { message: 'after', timestamp: '2026-01-14T00:00:00Z' },
      );

      const found = await messages({ experiment: 'my-slug', from: from('2026-01-13T04:30:00Z') });

      expect(found).toEqual(['after', 'at']);
    });

    it('count rows without a time where there is no bound, and nowhere else', async () => {
      const { logs, messages } = await setupWith({ message: 'timeless', timestamp: null }, { message: 'timed' });
      const bound = from('2026-01-01T00:00:00Z');

      const summaries = await logs.summarise([{ experiment: 'my-slug', from: null }], never);
      const bounded = await logs.summarise([{ experiment: 'my-slug', from: bound }], never);

      expect(summaries.get('my-slug')).toEqual({ rows: 2, newest: '2026-01-13T04:30:00Z' });
      expect(bounded.get('my-slug')).toEqual({ rows: 1, newest: '2026-01-13T04:30:00Z' });
      expect(await messages({ experiment: 'my-slug', from: null })).toEqual(['timed', 'timeless']);
      expect(await messages({ experiment: 'my-slug', from: bound })).toEqual(['timed']);
    });

    it('are summed for each experiment from its own bound on', async () => {
      const { logs } = await setupWith(
        { experiment: 'a', timestamp: '2026-01-10T00:00:30Z' },
        { experiment: 'a', timestamp: '2026-01-12T00:00:10Z' },
        { experiment: 'a', timestamp: '2026-01-12T00:00:40Z' },
        { experiment: 'b', timestamp: '2026-01-10T00:00:30Z' },
        { experiment: 'c', timestamp: '2026-01-10T00:00:30Z' },
      );

      const summaries = await logs.summarise(
        [
          { experiment: 'a', from: from('2026-01-11T00:00:00Z') },
          { experiment: 'b', from: null },
          { experiment: 'without-rows', from: null },
        ],
        never,
      );

      expect([...summaries.keys()].sort()).toEqual(['a', 'b']);
      expect(summaries.get('a')).toEqual({ rows: 2, newest: '2026-01-12T00:00:40Z' });
      expect(summaries.get('b')).toEqual({ rows: 1, newest: '2026-01-10T00:00:30Z' });
    });
  });
}
