import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { BigQueryLogSearch } from '../../src/adapters/bigquery/log-search.ts';
import { BigQueryRecordSink } from '../../src/adapters/bigquery/record-sink.ts';
import { describeLogSearch } from '../contract/log-search.ts';
import { dropDataset, emulatorOptions, makeDataset } from '../support/bigquery-tables.ts';
import { type BigQueryEmulator, describeWithEmulators, startBigQueryEmulator } from '../support/emulators.ts';

describeWithEmulators('BigQuery search in the logs', ['bigquery-emulator'], () => {
  let emulator: BigQueryEmulator;
  let datasets = 0;
  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
  });
  afterAll(() => emulator.stop());

  describeLogSearch('bigquery', async () => {
    const dataset = `logs_${(datasets += 1)}`;
    await makeDataset(emulator, dataset);
    onTestFinished(() => dropDataset(emulator, dataset));
    const options = { ...emulatorOptions(emulator), dataset };
    return { sink: new BigQueryRecordSink(options), search: new BigQueryLogSearch(options) };
  });
});
