/** What every reader of the monitoring tables must do. */
import { describe, expect, it } from 'vitest';
import { parseTimestamp } from '../../src/domain/utc-time.ts';
import type { MonitoringReader } from '../../src/ports/monitoring-reader.ts';
import type { RecordRow, RecordSink } from '../../src/ports/record-sink.ts';

export interface MonitoringReaderWorld {
  readonly reader: MonitoringReader;
  /** Writes the rows that `reader` reads. */
  readonly sink: Pick<RecordSink, 'append'>;
}

export function describeMonitoringReader(name: string, setup: () => Promise<MonitoringReaderWorld>): void {
  const never = new AbortController().signal;

  async function setupWith(table: string, rows: readonly RecordRow[]) {
    const { reader, sink } = await setup();
    await sink.append({ id: 'rows', table, rows }, never);
    return reader;
  }

  describe(`monitoring reader: ${name}`, () => {
    it('has no rows where there is no table', async () => {
      const { reader } = await setup();

      const rows = await reader.rows({ table: 'alerts_v1', columns: ['rule'] }, never);

      expect(rows).toEqual([]);
    });

    it('gives each column as the value that was written', async () => {
      const row = {
        changed_at: '2026-01-15T12:00:00.25Z',
        alert_id: 'M1.my-slug.x',
        rule: 'M1',
        severity: 'warning',
        subject: `<b>"it's"</b> \\ \u{1F600}`,
        state: 'open',
        value: 0.1,
        notified: [{ target: 'slack', at: '2026-01-15T12:00:00Z', event: 'opened', key: 'a' }],
      };
      const reader = await setupWith('alerts_v1', [row]);

      const columns = [...Object.keys(row), 'opened_at', 'summary'];
      const rows = await reader.rows({ table: 'alerts_v1', columns }, never);

      expect(rows).toEqual([{ ...row, changed_at: '2026-01-15T12:00:00.250000Z', opened_at: null, summary: null }]);
    });

    it('gives whole numbers and fractions as numbers', async () => {
      const run = { run_id: 'a.1', finished_at: '2026-01-15T12:00:00Z', rows: 4_000_000_000, cost_usd: 0.000012 };
      const reader = await setupWith('export_runs_v1', [run]);

      const rows = await reader.rows({ table: 'export_runs_v1', columns: Object.keys(run) }, never);

      expect(rows).toEqual([run]);
    });

    it('gives the newest rows and the beginning of texts, as far as limits allow', async () => {
      const times = ['2026-01-15T00:00:00Z', '2026-01-17T00:00:00Z', '2026-01-16T00:00:00Z'];
      const reader = await setupWith(
        'logs',
        times.map((timestamp) => ({ timestamp, message: `${timestamp} and more` })),
      );

      const since = { column: 'timestamp', from: 0 };
      const limits = { rows: 2, characters: 10 };
      const rows = await reader.rows({ table: 'logs', columns: ['timestamp', 'message'], since, limits }, never);

      expect(rows.map((row) => row['message'])).toEqual(['2026-01-17', '2026-01-16']);
      expect(rows[0]?.['timestamp']).toBe('2026-01-17T00:00:00Z');
    });

    it('begins with the time that it is asked for, inclusive', async () => {
      const times = ['2026-01-14T23:59:59.999999Z', '2026-01-15T00:00:00Z', '2026-01-16T00:00:00Z'];
      const reader = await setupWith(
        'logs',
        times.map((timestamp) => ({ timestamp, message: timestamp })),
      );

      const since = { column: 'timestamp', from: parseTimestamp('2026-01-15') ?? Number.NaN };
      const rows = await reader.rows({ table: 'logs', columns: ['message'], since }, never);

      expect(rows.map((row) => row['message'])).toEqual(expect.arrayContaining(times.slice(1)));
      expect(rows).toHaveLength(2);
    });

    it('gives only rows with one of the texts that it is asked for', async () => {
      const texts = [`it's "a"`, 'b', 'c'];
      const reader = await setupWith(
        'logs',
        texts.map((message) => ({ timestamp: '2026-01-15T00:00:00Z', message })),
      );

      const among = { column: 'message', values: [`it's "a"`, 'c', 'absent'] };
      const rows = await reader.rows({ table: 'logs', columns: ['message'], among }, never);

      expect(rows.map((row) => row['message'])).toEqual(expect.arrayContaining([`it's "a"`, 'c']));
      expect(rows).toHaveLength(2);
    });

    it('refuses a column that the table does not have', async () => {
      const { reader } = await setup();

      const reading = reader.rows({ table: 'logs', columns: ['message; DROP TABLE logs'] }, never);

      await expect(reading).rejects.toThrow('has no column');
    });
  });
}
