import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { BigQueryRecordSink } from '../../src/adapters/bigquery/record-sink.ts';
import { errorText } from '../../src/domain/errors.ts';
import { dropDataset, emulatorOptions, makeDataset, queryRows } from '../support/bigquery-tables.ts';
import { type BigQueryEmulator, describeWithEmulators, startBigQueryEmulator } from '../support/emulators.ts';
import { appendIncompleteRow, describeRecordSink } from '../contract/record-sink.ts';
import { replaceADay, writeBranches } from '../contract/record-sink-layout.ts';

describeWithEmulators('BigQuery record sink', ['bigquery-emulator'], () => {
  let emulator: BigQueryEmulator;
  let datasets = 0;
  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
  });
  afterAll(() => emulator.stop());

  describeRecordSink('bigquery', setup);

  // Not describeRecordSinkLayout, for the first and the last reason below: when one of these tests fails, the emulator has learned
  // it. What the service is sent in both cases: see test/unit/adapters/bigquery.
  it('cannot replace the rows of a day: `table$20260114` is the name of a table of its own to the emulator', async () => {
    const queries = await replaceADay(await setup());

    expect(queries).toEqual(['a', 'b', 'c', 'd']);
  });

  it('takes rows without REQUIRED values: the emulator does not look; the service refuses the load', async () => {
    expect(await appendIncompleteRow(await setup())).toBe('written');
  });

  it('mixes up the fields of repeated records: the emulator writes them in any order', async () => {
    const world = await setup();

    const shapes = await writeBranches(world).catch((error: unknown) => {
      expect(errorText(error)).toContain('failed to scan rows');
      return [];
    });

    expect(shapes).not.toHaveLength(1);
  });

  async function setup() {
    const dataset = `monitoring_${(datasets += 1)}`;
    const project = emulator.project;
    await makeDataset(emulator, dataset);
    onTestFinished(() => dropDataset(emulator, dataset));
    const sink = new BigQueryRecordSink({ ...emulatorOptions(emulator), dataset });
    const rows = async (table: string) => {
      const found = await queryRows(emulator, `SELECT * FROM \`${project}.${dataset}.${table}\``).catch(
        (error: unknown) => {
          if (!/not found/i.test(errorText(error))) throw error;
          return [];
        },
      );
      return found;
    };
    return { sink, rows };
  }
});
