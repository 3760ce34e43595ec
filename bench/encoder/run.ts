/** How fast are columns turned into JSON rows? See README.md. */
import { createHash } from 'node:crypto';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { Field, Float64, makeData, RecordBatch, Schema, Struct, Utf8, type DataType } from 'apache-arrow';
import type { ColumnBatch } from '../../src/domain/column-batch.ts';
import type { Column } from '../../src/domain/column-type.ts';
import { RowEncoder } from '../../src/workers/statistics/row-encoder.ts';
import type { BenchRequest, BenchResult } from '../bench-result.ts';
import { Stopwatch } from '../stopwatch.ts';
import { statisticsBatches, statisticsColumns, type Shape } from './statistics-batches.ts';

const ROWS = 1_000_000;
/** Each contender does a tenth of the rows in turn (stopwatch.ts). */
const SLICES = 10;

export const data = `${ROWS.toLocaleString('en')} rows of 13 columns, 300 MB of JSON, in batches of 8,192`;

/** The floors of the specification (encoder.md, section 1) and of the brief for the peer in JavaScript. */
const FLOOR_OVER_DUCKDB = 1.8;
const FLOOR_OVER_STRINGIFY = 12;

/** Encodes a million rows by our encoder and by two peers, turn by turn, and compares the best turn of each. */
export async function run(request: BenchRequest): Promise<BenchResult[]> {
  const text = await compare('text', request);
  const view = await compare('view', request);
  return [...text, ...view];
}

async function compare(shape: Shape, { full, folder }: BenchRequest): Promise<BenchResult[]> {
  const isOfText = shape === 'text';
  const columns = statisticsColumns(shape);
  const batches = statisticsBatches(shape, ROWS);
  const slices = Array.from({ length: SLICES }, (_, slice) =>
    batches.slice((slice * batches.length) / SLICES, ((slice + 1) * batches.length) / SLICES),
  );
  const duckdb = await loadIntoDuckdb(columns, slices, folder);
  const turns = full ? 9 : 5;
  const stringifyTurns = isOfText ? (full ? 3 : 2) : 0;
  const arrowSlices = slices.map((slice) =>
    stringifyTurns > 0 ? slice.map((batch) => arrowBatch(columns, batch)) : [],
  );

  const ours = new Stopwatch();
  const theirs = new Stopwatch();
  const stringify = new Stopwatch();
  for (let turn = 0; turn < turns; turn++) {
    const encoder = new RowEncoder(columns);
    for (const [index, slice] of slices.entries()) {
      await ours.measure(index, () => slice.forEach((batch) => encoder.encode(batch)));
      await theirs.measure(index, () => duckdb.run(`COPY rows_${index} TO '/dev/null' (FORMAT json, ARRAY true)`));
      if (turn < stringifyTurns) await stringify.measure(index, () => arrowSlices[index]!.forEach(stringifyRows));
    }
  }
  duckdb.closeSync();

  const name = isOfText ? '9 text columns, 4 of doubles' : 'parameter NUMERIC, window_index INT64';
  const results: BenchResult[] = [
    { question: `Encoder, ${name}`, ...speedOf(ours) },
    { question: `DuckDB's JSON writer on one thread, ${name}`, ...speedOf(theirs) },
    {
      question: `Encoder over DuckDB, ${name}`,
      value: theirs.bestSeconds / ours.bestSeconds,
      unit: 'times',
      ...(isOfText ? { limit: { atLeast: FLOOR_OVER_DUCKDB } } : {}),
    },
  ];
  if (stringifyTurns === 0) return results;
  const isSame =
    digestOf(batches, (batch) => new RowEncoder(columns).encode(batch).bytes.subarray(1)) ===
    digestOf(arrowSlices.flat(), stringifyRows);
  return [
    ...results,
    { question: 'Row objects and JSON.stringify', ...speedOf(stringify) },
    {
      question: 'Encoder over JSON.stringify',
      value: stringify.bestSeconds / ours.bestSeconds,
      unit: 'times',
      limit: { atLeast: FLOOR_OVER_STRINGIFY },
    },
    {
      question: 'Bytes equal to those of JSON.stringify (SHA-256)',
      value: isSame ? 1 : 0,
      unit: 'of 1',
      limit: { atLeast: 1 },
    },
  ];
}

function speedOf({ bestSeconds }: Stopwatch): { value: number; unit: string } {
  return { value: ROWS / 1000 / bestSeconds, unit: 'thousand rows/s' };
}

/** The peer in JavaScript: an object per row, `JSON.stringify`, bytes. */
function stringifyRows(batch: RecordBatch): Uint8Array {
  const rows = Array.from(batch, (row) => row?.toJSON());
  return Buffer.from(JSON.stringify(rows)).subarray(1, -1);
}

function digestOf<Batch>(batches: readonly Batch[], encode: (batch: Batch) => Uint8Array): string {
  const hash = createHash('sha256');
  for (const batch of batches) hash.update(encode(batch));
  return hash.digest('hex');
}

/** The same buffers in the hands of apache-arrow. */
function arrowBatch(columns: readonly Column[], batch: ColumnBatch): RecordBatch {
  const length = batch.rowCount;
  const children = batch.columns.map((vector) => {
    const nullBitmap = vector.validity ?? null;
    if (vector.layout === 'double') return makeData({ type: new Float64(), length, nullBitmap, data: vector.values });
    if (vector.layout !== 'binary') throw new TypeError(`The peer is not set up for ${vector.layout}.`);
    return makeData({ type: new Utf8(), length, nullBitmap, valueOffsets: vector.offsets, data: vector.bytes });
  });
  const fields = children.map(({ type }, index) => new Field<DataType>(columns[index]!.name, type, true));
  return new RecordBatch(new Schema(fields), makeData({ type: new Struct(fields), length, children }));
}

const SQL_TYPES: Readonly<Record<string, string>> = { float64: 'DOUBLE', int64: 'BIGINT', numeric: 'DECIMAL(38, 9)' };

/** DuckDB in memory, on one thread, with the same rows in the tables `rows_0`, …: it reads what our encoder wrote. */
async function loadIntoDuckdb(
  columns: readonly Column[],
  slices: readonly (readonly ColumnBatch[])[],
  folder: string,
): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const types = columns.map(({ name, type }) => `${name}: '${SQL_TYPES[type.kind] ?? 'VARCHAR'}'`).join(', ');
  const encoder = new RowEncoder(columns);
  const path = join(folder, 'rows.json');
  for (const [index, batches] of slices.entries()) {
    const rows = Buffer.concat(batches.map((batch) => Buffer.from(encoder.encode(batch).bytes)));
    rows[0] = '['.charCodeAt(0);
    writeFileSync(path, rows);
    appendFileSync(path, ']');
    await connection.run(
      `CREATE TABLE rows_${index} AS FROM read_json('${path}', format = 'array', columns = {${types}})`,
    );
  }
  rmSync(path);
  return connection;
}
