/** What sums over the monitoring tables must be, whatever the warehouse. */
import { describe, expect, it } from 'vitest';
import { parseTimestamp } from '../../src/domain/utc-time.ts';
import type { MonitoringSums, SumsRequest } from '../../src/ports/monitoring-sums.ts';
import type { RecordRow, RecordSink } from '../../src/ports/record-sink.ts';

export interface MonitoringSumsWorld {
  readonly reader: MonitoringSums;
  /** Writes the rows that are summed. */
  readonly sink: Pick<RecordSink, 'append'>;
}

const HOSTILE = `it's "a" \\ \`b\` \u{1F600}`;

function rangeOf(from: string, to: string): SumsRequest['range'] {
  const [start = Number.NaN, end = Number.NaN] = [from, to].map(parseTimestamp);
  return { column: 'submission_timestamp', from: start, to: end };
}

export function describeMonitoringSums(name: string, setup: () => Promise<MonitoringSumsWorld>): void {
  const never = new AbortController().signal;

  async function sumsOf(rows: readonly RecordRow[], changes: Partial<SumsRequest> = {}) {
    const { reader, sink } = await setup();
    await sink.append({ id: 'rows', table: 'query_cost_v1', rows }, never);
    const request: SumsRequest = {
      table: 'query_cost_v1',
      by: ['destination_table', 'experiment_slug'],
      columns: ['total_bytes_processed', 'cost_usd'],
      counted: 'cost_usd',
      range: rangeOf('2026-01-14', '2026-01-15'),
      ...changes,
    };
    const found = await reader.sums(request, never);
    return found.toSorted((a, b) => (JSON.stringify(a.group) < JSON.stringify(b.group) ? -1 : 1));
  }

  describe(`sums over monitoring tables: ${name}`, () => {
    it('has no groups where there is no table', async () => {
      const { reader } = await setup();

      const request = { table: 'query_cost_v1', columns: ['cost_usd'], counted: 'cost_usd' };
      const range = rangeOf('2026-01-14', '2026-01-15');

      expect(await reader.sums({ ...request, by: 'day', range }, never)).toEqual([]);
    });

    it('adds up each group, where NULL is a group of its own and adds nothing', async () => {
      const at = { submission_timestamp: '2026-01-14T12:00:00Z' };
      const rows = [
        { ...at, destination_table: 'a', experiment_slug: 'x', total_bytes_processed: 4_000_000_000, cost_usd: 0.5 },
        { ...at, destination_table: 'a', experiment_slug: 'x', total_bytes_processed: 1, cost_usd: 0.25 },
        { ...at, destination_table: 'a', experiment_slug: null, total_bytes_processed: null, cost_usd: null },
        { ...at, destination_table: HOSTILE, experiment_slug: 'x', total_bytes_processed: 7, cost_usd: 1 },
      ];

      expect(await sumsOf(rows)).toEqual([
        { group: ['a', 'x'], count: 2, sums: [4_000_000_001, 0.75] },
        { group: ['a', null], count: 0, sums: [0, 0] },
        { group: [HOSTILE, 'x'], count: 1, sums: [7, 1] },
      ]);
    });

    it('sums rows from the beginning of the range to before its end', async () => {
      const times = [
        '2026-01-13T23:59:59.999999Z',
        '2026-01-14T00:00:00Z',
        '2026-01-14T23:59:59.999999Z',
        '2026-01-15',
      ];
      const rows = times.map((time) => ({ submission_timestamp: time, destination_table: 'a', cost_usd: 1 }));

      expect(await sumsOf(rows)).toEqual([{ group: ['a', null], count: 2, sums: [0, 2] }]);
    });

    it('groups by days in UTC', async () => {
      const times = [
        '2026-01-14T00:00:00Z',
        '2026-01-14T23:59:59Z',
        '2026-01-15T00:00:00Z',
        '2026-01-15T23:30:00+00:00',
      ];
      const rows = times.map((time) => ({ submission_timestamp: time, destination_table: 'a', cost_usd: 1 }));

      expect(await sumsOf(rows, { by: 'day', range: rangeOf('2026-01-01', '2026-02-01') })).toEqual([
        { group: ['2026-01-14'], count: 2, sums: [0, 2] },
        { group: ['2026-01-15'], count: 2, sums: [0, 2] },
      ]);
    });

    it('refuses a column that the table does not have', async () => {
      const rows = [{ submission_timestamp: '2026-01-14', destination_table: 'a', cost_usd: 1 }];

      await expect(sumsOf(rows, { by: ['query; DROP TABLE logs'] })).rejects.toThrow('has no column');
    });
  });
}
