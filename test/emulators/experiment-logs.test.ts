import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { BigQueryExperimentLogs } from '../../src/adapters/bigquery/experiment-logs.ts';
import { BigQueryRecordSink } from '../../src/adapters/bigquery/record-sink.ts';
import { describeExperimentLogs } from '../contract/experiment-logs.ts';
import { dropDataset, emulatorOptions, makeDataset } from '../support/bigquery-tables.ts';
import { type BigQueryEmulator, describeWithEmulators, startBigQueryEmulator } from '../support/emulators.ts';

describeWithEmulators('BigQuery experiment logs', ['bigquery-emulator'], () => {
  let emulator: BigQueryEmulator;
  let datasets = 0;
  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
  });
  afterAll(() => emulator.stop());

  describeExperimentLogs('bigquery', async () => {
    const dataset = `logs_${(datasets += 1)}`;
    await makeDataset(emulator, dataset);
    onTestFinished(() => dropDataset(emulator, dataset));
    const options = { ...emulatorOptions(emulator), dataset };
    return { sink: new BigQueryRecordSink(options), logs: new BigQueryExperimentLogs(options) };
  });
});
