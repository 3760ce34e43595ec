import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { BigQueryQuerySource } from '../../src/adapters/bigquery/query-source.ts';
import type { CellValue, Row } from '../support/column-batches.ts';
import { describeQuerySource } from '../contract/query-source.ts';
import { dropDataset, emulatorOptions, makeDataset, putTable } from '../support/bigquery-tables.ts';
import { type BigQueryEmulator, describeWithEmulators, startBigQueryEmulator } from '../support/emulators.ts';
import { LIVE, PROJECT } from '../support/query-source-world.ts';

describeWithEmulators('BigQuery query source', ['bigquery-emulator'], () => {
  let emulator: BigQueryEmulator;
  beforeAll(async () => {
    emulator = await startBigQueryEmulator({ project: PROJECT });
  });
  afterAll(() => emulator.stop());

  describeQuerySource('bigquery', async () => {
    await makeDataset(emulator, LIVE);
    const source = new BigQueryQuerySource(emulatorOptions(emulator));
    onTestFinished(async () => {
      await source.close();
      await dropDataset(emulator, LIVE);
    });
    return {
      source,
      put: (table, columns, rows) => putTable(emulator, { dataset: LIVE, table }, columns, rows.map(withoutZone)),
      pathOf: (table) => `\`${PROJECT}.${LIVE}.${table}\``,
      isAmong: (value, array) => `${value} IN UNNEST(${array})`,
    };
  });
});

/** The emulator takes times without a zone. */
function withoutZone(row: Row): Row {
  if (!Array.isArray(row)) return row;
  return row.map((cell: CellValue) => (typeof cell === 'string' ? cell.replace(/ UTC$/, '') : cell));
}
