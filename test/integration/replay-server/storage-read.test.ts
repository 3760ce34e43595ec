/** The Storage Read side, seen through the vendor's client and apache-arrow. */
import { describe, expect, it } from 'vitest';
import type { TableSpec } from '../../support/replay-server/catalog.ts';
import { openSession, readStream, rowsOf, setup, tableOf, type Cell, type Response } from './world.ts';

/** Several messages for each of the windows. */
const ROWS = 20_000;
const STATISTICS: TableSpec = { name: 'd.statistics', generate: { rows: ROWS, windows: 7, batchRows: 800 } };
const KEY = ['window_index', 'segment', 'analysis_basis', 'metric', 'statistic', 'parameter', 'branch', 'comparison'];

describe('a read session', () => {
  it('gives the schema once and bare record batches after it', async () => {
    const world = await setup({ tables: [STATISTICS] });

    const session = await openSession(world, 'd.statistics');
    const { responses } = await readStream(world, session);

    const table = tableOf(session, responses);
    expect(table.numRows).toBe(ROWS);
    expect(table.schema.fields.map(String)).toEqual([
      'metric: Utf8',
      'statistic: Utf8',
      'parameter: Decimal[38e+9]',
      'branch: Utf8',
      'comparison: Utf8',
      'comparison_to_branch: Utf8',
      'ci_width: Float64',
      'point: Float64',
      'lower: Float64',
      'upper: Float64',
      'segment: Utf8',
      'analysis_basis: Utf8',
      'window_index: Int64',
    ]);
    expect(session.estimatedRowCount).toBe(String(ROWS));
    const schemas = responses.map(({ arrowSchema }) => arrowSchema?.serializedSchema?.length ?? 0);
    expect(schemas.findLastIndex((bytes) => bytes > 0)).toBe(0);
    expect(responses.at(-1)?.stats?.progress?.atResponseEnd).toBe(1);
  });

  it('has rows in the order of the file, with keys that are unique', async () => {
    const world = await setup({
      tables: [
        STATISTICS,
        { name: 'd.tiled', generate: { rows: 90_000, windows: 2, batchRows: 1000 } },
        { name: 'd.tiny', generate: { rows: 10, windows: 3 } },
      ],
    });

    for (const [name, count] of Object.entries({ 'd.statistics': ROWS, 'd.tiled': 90_000, 'd.tiny': 10 })) {
      const session = await openSession(world, name);
      const rows = rowsOf(tableOf(session, (await readStream(world, session)).responses));

      const keys = rows.map((row) => keyOf(row));
      expect(keys).toHaveLength(count);
      expect(new Set(keys).size).toBe(count);
      expect(keys.findIndex((key, index) => index > 0 && key <= keys[index - 1]!)).toBe(-1);
      expect(new Set(rows.map((row) => row['point'])).size).toBe(count);
    }
  });

  it('shares the batches out to several streams, each row once', async () => {
    const world = await setup({ tables: [STATISTICS] });

    const session = await openSession(world, 'd.statistics', { streams: 3 });

    const responses: Response[] = [];
    for (const stream of [0, 1, 2]) responses.push(...(await readStream(world, session, { stream })).responses);
    const rows = rowsOf(tableOf(session, responses));
    expect(session.streams).toHaveLength(3);
    expect(new Set(rows.map(keyOf)).size).toBe(ROWS);
  });

  it('gives the same rows from an offset on, also from the middle of a batch', async () => {
    const world = await setup({ tables: [{ name: 'd.t', generate: { rows: 30_000, windows: 2, batchRows: 4000 } }] });
    const session = await openSession(world, 'd.t');
    const whole = rowsOf(tableOf(session, (await readStream(world, session)).responses));

    for (const offset of [4000, 5123, 15_000, 29_999, 30_000]) {
      const { responses, error } = await readStream(world, session, { offset });

      expect(error).toBeUndefined();
      const rows = rowsOf(tableOf(session, responses));
      expect(JSON.stringify(rows) === JSON.stringify(whole.slice(offset))).toBe(true);
    }
  });

  it('honours a restriction to windows, and does not know it in its estimate', async () => {
    const world = await setup({ tables: [STATISTICS] });

    const session = await openSession(world, 'd.statistics', { restriction: 'window_index = 3' });

    const rows = rowsOf(tableOf(session, (await readStream(world, session)).responses));
    expect(rows).toHaveLength(Math.ceil(ROWS / 7));
    expect(new Set(rows.map((row) => row['window_index']))).toEqual(new Set(['3']));
    expect(session.estimatedRowCount).toBe(String(ROWS));
  });

  it('gives selected fields in the order of the table', async () => {
    const world = await setup({ tables: [STATISTICS] });

    const session = await openSession(world, 'd.statistics', { fields: ['window_index', 'point', 'metric'] });

    const table = tableOf(session, (await readStream(world, session)).responses);
    expect(table.schema.names).toEqual(['metric', 'point', 'window_index']);
    expect(table.numRows).toBe(ROWS);
  });

  it('has no stream where there are no rows', async () => {
    const world = await setup({ tables: [{ name: 'd.empty', generate: { rows: 0 } }] });

    const session = await openSession(world, 'd.empty');

    expect(session.streams).toEqual([]);
  });

  it('refuses views, missing tables, unknown conditions, and splitting', async () => {
    const world = await setup({ tables: [STATISTICS, { name: 'd.view', kind: 'view' }] });
    const session = await openSession(world, 'd.statistics');

    await expect(openSession(world, 'd.view')).rejects.toMatchObject({ code: 3 });
    await expect(openSession(world, 'd.missing')).rejects.toMatchObject({ code: 5 });
    await expect(openSession(world, 'd.statistics', { restriction: 'point > 1' })).rejects.toMatchObject({ code: 3 });
    const split = world.storage.splitReadStream({ name: session.streams?.[0]?.name ?? '' });
    await expect(split).rejects.toMatchObject({ code: 12 });
  });
});

describe('written rows', () => {
  it('come in the Arrow types of the service', async () => {
    const world = await setup({
      tables: [
        {
          name: 'd.types',
          fields: [
            { name: 'text', type: 'STRING' },
            { name: 'number', type: 'FLOAT' },
            { name: 'count', type: 'INTEGER' },
            { name: 'exact', type: 'NUMERIC' },
            { name: 'large', type: 'BIGNUMERIC' },
            { name: 'flag', type: 'BOOLEAN' },
            { name: 'at', type: 'TIMESTAMP' },
            { name: 'local', type: 'DATETIME' },
            { name: 'day', type: 'DATE' },
            { name: 'hour', type: 'TIME' },
            { name: 'raw', type: 'BYTES' },
            { name: 'json', type: 'JSON' },
            { name: 'list', type: 'STRING', mode: 'REPEATED' },
            { name: 'record', type: 'RECORD', fields: [{ name: 'inner', type: 'INTEGER' }] },
          ],
          rows: [
            {},
            {
              text: 'ü',
              number: Number.NaN,
              count: -7n,
              exact: '-0.5',
              large: '1.25',
              flag: true,
              at: '2026-01-13 04:30:00.5 UTC',
              local: '2026-01-13T04:30:00',
              day: '2026-01-13',
              hour: '04:30:00',
              raw: Uint8Array.of(255),
              json: '{"a":1}',
              list: ['a', 'b'],
              record: { inner: 1 },
            },
          ],
        },
      ],
    });

    const session = await openSession(world, 'd.types');

    const table = tableOf(session, (await readStream(world, session)).responses);
    const [nothing, row] = table.toArray();
    expect(Object.entries(nothing.toJSON()).filter(([, value]) => value !== null)).toHaveLength(1);
    expect(row.toJSON()).toMatchObject({ text: 'ü', number: Number.NaN, count: -7n, flag: true, json: '{"a":1}' });
    expect([...row.list]).toEqual(['a', 'b']);
    expect(row.record.inner).toBe(1n);
    expect([...row.raw]).toEqual([255]);
    expect(table.schema.fields.map(({ type }) => String(type))).toEqual([
      'Utf8',
      'Float64',
      'Int64',
      'Decimal[38e+9]',
      'Decimal[76e+38]',
      'Bool',
      'Timestamp<MICROSECOND, UTC>',
      'Timestamp<MICROSECOND>',
      'Date32<DAY>',
      'Time64<MICROSECOND>',
      'Binary',
      'Utf8',
      'List<Utf8>',
      'Struct<{inner:Int64}>',
    ]);
    const extensions = table.schema.fields.map(({ metadata }) => metadata.get('ARROW:extension:name'));
    expect(extensions.filter(Boolean)).toEqual(['google:sqlType:datetime', 'google:sqlType:json']);
  });
});

/** Text that sorts as the rows do: NULL first, numbers by value. */
function keyOf(row: Record<string, Cell>): string {
  const texts = KEY.map((name) => (row[name] === null ? '' : String(row[name])));
  return texts.map((text) => (/^\d+$/.test(text) ? text.padStart(12) : text)).join('\u0001');
}
