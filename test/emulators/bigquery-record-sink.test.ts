import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { BigQueryRecordSink } from '../../src/adapters/bigquery/record-sink.ts';
import { dropDataset, emulatorOptions, makeDataset, queryRows } from '../support/bigquery-tables.ts';
import { type BigQueryEmulator, describeWithEmulators, startBigQueryEmulator } from '../support/emulators.ts';
import { describeRecordSink } from '../contract/record-sink.ts';

describeWithEmulators('BigQuery record sink', ['bigquery-emulator'], () => {
  let emulator: BigQueryEmulator;
  let datasets = 0;
  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
  });
  afterAll(() => emulator.stop());

  describeRecordSink('bigquery', async () => {
    const dataset = `monitoring_${(datasets += 1)}`;
    const project = emulator.project;
    await makeDataset(emulator, dataset);
    onTestFinished(() => dropDataset(emulator, dataset));
    const sink = new BigQueryRecordSink({ ...emulatorOptions(emulator), dataset });
    return {
      sink,
      // The emulator has no partitions: the replay server stands in for them (test/unit/adapters/bigquery).
      hasDays: false,
      rows: async (table) => {
        try {
          return await queryRows(emulator, `SELECT * FROM \`${project}.${dataset}.${table}\``);
        } catch {
          return [];
        }
      },
    };
  });
});
