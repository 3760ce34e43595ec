import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { BigQueryMonitoringSums } from '../../src/adapters/bigquery/monitoring-sums.ts';
import { BigQueryRecordSink } from '../../src/adapters/bigquery/record-sink.ts';
import { describeMonitoringSums } from '../contract/monitoring-sums.ts';
import { dropDataset, emulatorOptions, makeDataset } from '../support/bigquery-tables.ts';
import { type BigQueryEmulator, describeWithEmulators, startBigQueryEmulator } from '../support/emulators.ts';

describeWithEmulators('BigQuery monitoring sums', ['bigquery-emulator'], () => {
  let emulator: BigQueryEmulator;
  let datasets = 0;
  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
  });
  afterAll(() => emulator.stop());

  describeMonitoringSums('bigquery', async () => {
    const dataset = `sums_${(datasets += 1)}`;
    await makeDataset(emulator, dataset);
    onTestFinished(() => dropDataset(emulator, dataset));
    const options = { ...emulatorOptions(emulator), dataset };
    return { sink: new BigQueryRecordSink(options), reader: new BigQueryMonitoringSums(options) };
  });
});
