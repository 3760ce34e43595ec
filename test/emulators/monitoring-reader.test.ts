import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { BigQueryMonitoringReader } from '../../src/adapters/bigquery/monitoring-reader.ts';
import { BigQueryRecordSink } from '../../src/adapters/bigquery/record-sink.ts';
import { describeMonitoringReader } from '../contract/monitoring-reader.ts';
import { dropDataset, emulatorOptions, makeDataset } from '../support/bigquery-tables.ts';
import { type BigQueryEmulator, describeWithEmulators, startBigQueryEmulator } from '../support/emulators.ts';

describeWithEmulators('BigQuery monitoring reader', ['bigquery-emulator'], () => {
  let emulator: BigQueryEmulator;
  let datasets = 0;
  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
  });
  afterAll(() => emulator.stop());

  describeMonitoringReader('bigquery', async () => {
    const dataset = `reader_${(datasets += 1)}`;
    await makeDataset(emulator, dataset);
    onTestFinished(() => dropDataset(emulator, dataset));
    const options = { ...emulatorOptions(emulator), dataset };
    return { sink: new BigQueryRecordSink(options), reader: new BigQueryMonitoringReader(options) };
  });
});
