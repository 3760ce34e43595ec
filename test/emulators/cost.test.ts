/** `contrail cost` on BigQuery. */
import { expect, it } from 'vitest';
import { BigQueryRecordSink } from '../../src/adapters/bigquery/record-sink.ts';
import { emulatorOptions } from '../support/bigquery-tables.ts';
import { describeWithEmulators } from '../support/emulators.ts';
import { startEmulatedStack } from '../support/emulated-stack.ts';

const LONGEST_MS = 300_000;
const never = new AbortController().signal;

describeWithEmulators('costs in BigQuery', ['bigquery-emulator', 'fake-gcs-server'], () => {
  it(
    'are told by experiment, and are none before there are tables',
    async () => {
      const { emulator, contrail } = await startEmulatedStack();
      const cost = async (...options: string[]) => {
        const { code, stdout } = await contrail(['cost', '--date', '2026-01-14', '--json', ...options]);
        return { code, ...JSON.parse(stdout) };
      };
      const before = await cost();
      const sink = new BigQueryRecordSink({ ...emulatorOptions(emulator), dataset: 'monitoring' });
      const query = {
        submission_timestamp: '2026-01-14T23:59:59.999999Z',
        destination_table: 'statistics_my_slug_week_1',
        experiment_slug: 'my-slug',
        total_bytes_processed: 2_000,
        total_slot_ms: 3_600_000,
        cost_usd: 0.06,
      };
      await sink.append({ id: 'queries', table: 'query_cost_v1', rows: [query, query] }, never);

      const after = await cost();

      expect(before).toMatchObject({ code: 0, total: { usd: 0 }, analysisImport: { state: 'none' }, groups: [] });
      expect(after).toMatchObject({
        code: 0,
        total: { usd: 0.12, queries: 2, bytes: 4_000, slotHours: 2 },
        groups: [{ name: 'my-slug', usd: 0.12, share: 1 }],
        month: { from: '2026-01-01', to: '2026-01-14', usd: 0.12 },
      });
    },
    LONGEST_MS,
  );
});
