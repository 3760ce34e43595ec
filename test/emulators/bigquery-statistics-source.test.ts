import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { BigQueryStatisticsSource } from '../../src/adapters/bigquery/statistics-source.ts';
import {
  dropDataset,
  dropTable,
  emulatorOptions,
  makeDataset,
  putOddTable,
  putTable,
  putView,
} from '../support/bigquery-tables.ts';
import { type BigQueryEmulator, describeWithEmulators, startBigQueryEmulator } from '../support/emulators.ts';
import { encodedRows } from '../support/read-table.ts';
import { numberedRows, STATISTICS_COLUMNS, statisticsRow } from '../support/statistics-table.ts';
import { describeStatisticsSource } from '../contract/statistics-source.ts';

describeWithEmulators('BigQuery statistics source', ['bigquery-emulator'], () => {
  let emulator: BigQueryEmulator;
  let datasets = 0;
  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
  });
  afterAll(() => emulator.stop());

  describeStatisticsSource('bigquery', async () => {
    const dataset = `results_${(datasets += 1)}`;
    await makeDataset(emulator, dataset);
    const source = new BigQueryStatisticsSource({ ...emulatorOptions(emulator), dataset });
    onTestFinished(async () => {
      await source.close();
      await dropDataset(emulator, dataset);
    });
    return {
      source,
      put: (table, columns, rows) => putTable(emulator, { dataset, table }, columns, rows),
      putUnsupported: async (table) => {
        await putOddTable(emulator, { dataset, table }, { name: 'odd', type: 'GEOGRAPHY' });
        return 'GEOGRAPHY';
      },
      putView: (view, table) =>
        putView(emulator, { dataset, table: view }, `SELECT * FROM \`${emulator.project}.${dataset}.${table}\``),
      putBroken: async (table) => {
        await putTable(emulator, { dataset, table: 'gone' }, [{ name: 'a', type: { kind: 'string' } }], []);
        await putView(emulator, { dataset, table }, `SELECT * FROM \`${emulator.project}.${dataset}.gone\``);
        await dropTable(emulator, dataset, 'gone');
      },
    };
  });

  it('tells that a dataset is missing', async () => {
    const source = new BigQueryStatisticsSource({ ...emulatorOptions(emulator), dataset: 'nowhere' });
    onTestFinished(() => source.close());

    expect(await source.hasDataset(new AbortController().signal)).toBe(false);
  });

  it('reads the same by the Storage Read API, whose messages are whole streams here', async () => {
    const dataset = 'streams';
    const table = 'statistics_x_weekly';
    const name = { project: emulator.project, dataset, table };
    await makeDataset(emulator, dataset);
    // Not all types: its streams of DATETIME and TIME fail.
    const rows = [...numberedRows(300), statisticsRow({ metric: 'é', parameter: '-0.000000001', point: null })];
    await putTable(emulator, name, STATISTICS_COLUMNS, rows);
    const source = new BigQueryStatisticsSource({ ...emulatorOptions(emulator), dataset });
    onTestFinished(() => source.close());
    const signal = new AbortController().signal;
    const slices = [{ rows: rows.length }];
    const token = JSON.stringify({ source: table, version: '2026-01-15T00:00:00.000Z', table: name, slices });

    const [byReply, byStream] = await Promise.all([source.open({ table, signal }), source.openPart({ token }, signal)]);

    expect(byStream.columns).toEqual(byReply?.columns);
    expect(await encodedRows(byStream)).toEqual(byReply === undefined ? [] : await encodedRows(byReply));
  });
});
