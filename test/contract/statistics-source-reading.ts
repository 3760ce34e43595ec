/** What every source of statistics must do with a table that is open: rows, their order, aborts. */
import { expect, it } from 'vitest';
import { isValid } from '../../src/domain/column-batch.ts';
import type { OpenTable, StatisticsSource } from '../../src/ports/statistics-source.ts';
import { ALL_TYPES_COLUMNS, ALL_TYPES_ROWS } from '../support/all-types.ts';
import { columnBatch } from '../support/column-batches.ts';
import { encodedRows } from '../support/read-table.ts';
import { openTable, type StatisticsSourceWorld, TABLE } from '../support/statistics-source-world.ts';
import { NUMERIC, numberedRows, STATISTICS_COLUMNS, statisticsRow, STRING } from '../support/statistics-table.ts';

const never = new AbortController().signal;

export function describeReading(setup: () => Promise<StatisticsSourceWorld>): void {
  it('delivers a table without rows', async () => {
    const { source, put } = await setup();
    await put(TABLE, STATISTICS_COLUMNS, []);

    expect(await rowsOf(source)).toEqual([]);
  });

  it('delivers the values of all types', async () => {
    const { source, put } = await setup();
    await put(TABLE, ALL_TYPES_COLUMNS, ALL_TYPES_ROWS);
    const expected = await encodedRows({
      columns: ALL_TYPES_COLUMNS,
      batches: async function* () {
        yield await Promise.resolve(columnBatch(ALL_TYPES_COLUMNS, ALL_TYPES_ROWS));
      },
    });

    const open = await openTable(source);
    const rows = await encodedRows(open);
    await open.close();

    expect(open.columns).toEqual(ALL_TYPES_COLUMNS);
    expect(rows).toEqual(expected);
  });

  it('delivers windows ascending by number', async () => {
    const { source, put } = await setup();
    const windows = [10, 2, 1, 11, 3];
    await put(
      TABLE,
      STATISTICS_COLUMNS,
      windows.map((window_index) => statisticsRow({ window_index })),
    );

    const rows = await rowsOf(source);

    expect(rows.map((row) => row['window_index'])).toEqual(['1', '2', '3', '10', '11']);
  });

  it('sorts the rows of a window by the key, NULL first, so that rows of one key stand together', async () => {
    const { source, put } = await setup();
    const changes = [
      { segment: 'b' },
      { segment: 'a', analysis_basis: 'exposures' },
      { segment: 'a', analysis_basis: null, metric: 'z' },
      { segment: 'a', analysis_basis: 'enrollments', metric: 'Z' },
      { segment: 'a', analysis_basis: 'enrollments', metric: 'a', statistic: 'quantile', parameter: '0.5' },
      { segment: 'a', analysis_basis: 'enrollments', metric: 'a', statistic: 'quantile', parameter: '-1' },
      { segment: 'a', analysis_basis: 'enrollments', metric: 'a', statistic: 'quantile', parameter: null },
      { segment: 'a', analysis_basis: 'enrollments', metric: 'a', statistic: 'mean', ci_width: 0.95, point: 2 },
      { segment: 'a', analysis_basis: 'enrollments', metric: 'a', statistic: 'mean', ci_width: 0.95, point: 1 },
      { segment: 'a', analysis_basis: 'enrollments', metric: 'a', statistic: 'mean', ci_width: null, point: null },
      { segment: 'a', analysis_basis: 'enrollments', metric: 'a', statistic: 'mean', ci_width: 0.95, point: null },
      { segment: null },
    ].map((change, index) => ({ ...change, upper: index }));
    await put(TABLE, STATISTICS_COLUMNS, changes.map(statisticsRow));

    const open = await openTable(source);
    const rows = await encodedRows(open);
    await open.close();

    expect(open.order).toBe('key');
    expect(rows.map((row) => row['upper'])).toEqual([11, 2, 3, 9, 10, 8, 7, 6, 5, 4, 1, 0]);
  });

  it('keeps rows together whose keys are written alike', async () => {
    const { source, put } = await setup();
    const widths = [Number.NaN, 0, null, -0, Number.POSITIVE_INFINITY, 0.5, Number.NEGATIVE_INFINITY];
    await put(
      TABLE,
      STATISTICS_COLUMNS,
      widths.map((ci_width, index) => statisticsRow({ ci_width, point: index })),
    );

    const rows = await rowsOf(source);

    expect(rows.map((row) => row['ci_width'])).toEqual([null, null, null, null, 0, 0, 0.5]);
  });

  it('delivers many rows in several batches, every row once', async () => {
    const { source, put } = await setup();
    const rows = numberedRows(10_000);
    await put(TABLE, STATISTICS_COLUMNS, [...rows].reverse());

    const open = await openTable(source);
    const metrics: unknown[] = [];
    let batches = 0;
    for await (const batch of open.batches(never)) {
      batches += 1;
      metrics.push(
        ...(await encodedRows({ columns: open.columns, batches: () => once(batch) })).map((row) => row['metric']),
      );
    }
    await open.close();

    expect(batches).toBeGreaterThan(1);
    expect(metrics).toEqual(rows.map((row) => row['metric']));
  });

  it('leaves a batch as it was when the next one is read', async () => {
    const { source, put } = await setup();
    await put(TABLE, STATISTICS_COLUMNS, numberedRows(5_000));
    const open = await openTable(source);
    const batches = open.batches(never)[Symbol.asyncIterator]();
    const first = await batches.next();
    if (first.done) throw new Error('no batch');
    const rowsOfFirst = () => encodedRows({ columns: open.columns, batches: () => once(first.value) });
    const before = await rowsOfFirst();

    await batches.next();
    await batches.next();

    expect(await rowsOfFirst()).toEqual(before);
    await batches.return?.();
    await open.close();
  });

  it('rejects the next batch when it is aborted, with the reason', async () => {
    const { source, put } = await setup();
    await put(TABLE, STATISTICS_COLUMNS, numberedRows(5_000));
    const open = await openTable(source);
    const stop = new AbortController();
    const batches = open.batches(stop.signal)[Symbol.asyncIterator]();
    await batches.next();

    stop.abort(new Error('stop'));

    await expect(batches.next()).rejects.toThrow('stop');
    await open.close();
  });

  it('rejects the first batch when it is aborted while that is made', async () => {
    const { source, put } = await setup();
    await put(TABLE, STATISTICS_COLUMNS, numberedRows(5_000));
    const open = await openTable(source);
    const stop = new AbortController();
    const next = open.batches(stop.signal)[Symbol.asyncIterator]().next();

    stop.abort(new Error('stop'));

    await expect(next).rejects.toThrow('stop');
    await open.close();
  });

  it('can be closed twice, before all rows were read, and read by others afterwards', async () => {
    const { source, put } = await setup();
    await put(TABLE, STATISTICS_COLUMNS, numberedRows(5_000));
    const open = await openTable(source);
    for await (const batch of open.batches(never)) if (batch.rowCount > 0) break;

    await open.close();
    await open.close();

    expect(await rowsOf(source)).toHaveLength(5_000);
  });

  it('delivers what the table held when it was opened, though it is changed meanwhile', async () => {
    const { source, put } = await setup();
    await put(TABLE, STATISTICS_COLUMNS, numberedRows(3));
    const open = await openTable(source);

    const changing = put(TABLE, STATISTICS_COLUMNS, numberedRows(2, { point: 9 }));
    const rows = await encodedRows(open);
    await open.close();
    await changing;

    expect(rows).toHaveLength(open.rowCount);
    expect((await openTable(source).then(closed)).version).not.toBe(open.version);
  });

  it('tells what reading has cost', async () => {
    const { source, put } = await setup();
    await put(TABLE, STATISTICS_COLUMNS, numberedRows(3));
    const open = await openTable(source);
    await encodedRows(open);
    await open.close();

    const usage = open.usage();

    expect(Object.keys(usage).sort()).toEqual(['bytesBilled', 'bytesRead', 'queryMs', 'requests', 'slotMs']);
    expect(Object.values(usage).every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
  });

  it('takes tables with other columns in another order', async () => {
    const { source, put } = await setup();
    const columns = [
      { name: 'note "quoted"', type: STRING },
      { name: 'window_index', type: STRING },
      { name: 'Größe', type: NUMERIC },
      { name: 't', type: STRING },
    ];
    await put(TABLE, columns, [
      ['b', '10', '1', 'x'],
      ['a', '2', '2.5', 'x'],
    ]);

    const rows = await rowsOf(source);

    expect(rows.map((row) => Object.values(row))).toEqual([
      ['a', '2', '2.5', 'x'],
      ['b', '10', '1', 'x'],
    ]);
  });

  it('marks NULL in every column', async () => {
    const { source, put } = await setup();
    const empty = ALL_TYPES_COLUMNS.map(() => null);
    await put(TABLE, ALL_TYPES_COLUMNS, [empty]);

    const open = await openTable(source);
    const validities: boolean[] = [];
    for await (const { columns } of open.batches(never)) validities.push(...columns.map((v) => isValid(v.validity, 0)));
    await open.close();

    // NULL and the empty array are written alike; a source may have no NULL arrays.
    const isArray = ALL_TYPES_COLUMNS.map((column) => column.type.kind === 'array');
    expect(validities.filter((_, index) => !isArray[index])).not.toContain(true);
  });
}

/** The rows of a table as the file has them, in the order of the source. */
async function rowsOf(source: StatisticsSource): Promise<Record<string, unknown>[]> {
  const open = await openTable(source);
  const rows = await encodedRows(open);
  await open.close();
  return rows;
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield await Promise.resolve(value);
}

async function closed(open: OpenTable): Promise<OpenTable> {
  await open.close();
  return open;
}
