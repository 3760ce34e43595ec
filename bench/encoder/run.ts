/** How fast are columns turned into JSON rows? See README.md. */
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { Field, Float64, makeData, RecordBatch, Schema, Struct, Utf8, type DataType } from 'apache-arrow';
import type { ColumnBatch } from '../../src/domain/column-batch.ts';
import type { Column } from '../../src/domain/column-type.ts';
import { RowEncoder } from '../../src/workers/statistics/row-encoder.ts';
import type { BenchResult } from '../bench-result.ts';
import { statisticsBatches, statisticsColumns, type Shape } from './statistics-batches.ts';

const ROWS = 1_000_000;

/** The floors of the specification (encoder.md, section 1) and of the brief for the peer in JavaScript. */
const FLOOR_OVER_DUCKDB = 1.8;
const FLOOR_OVER_STRINGIFY = 12;

/** Encodes a million rows by our encoder and by two peers, turn by turn, and compares the best turn of each. */
export async function run({ full }: { full: boolean }): Promise<BenchResult[]> {
  const text = await compare('text', full);
  const view = await compare('view', full);
  return [...text, ...view];
}

async function compare(shape: Shape, full: boolean): Promise<BenchResult[]> {
  const columns = statisticsColumns(shape);
  const batches = statisticsBatches(shape, ROWS);
  const duckdb = await loadIntoDuckdb(columns, batches);
  const turns = full ? 7 : 3;
  const stringifyTurns = shape === 'view' ? 0 : full ? 3 : 1;
  const arrowBatches = stringifyTurns > 0 ? batches.map((batch) => arrowBatch(columns, batch)) : [];

  const ours = new Stopwatch();
  const theirs = new Stopwatch();
  const stringify = new Stopwatch();
  encodeAll(columns, batches);
  for (let turn = 0; turn < turns; turn++) {
    ours.measure(() => encodeAll(columns, batches));
    await theirs.measureAsync(() => duckdb.run(`COPY rows TO '/dev/null' (FORMAT json, ARRAY true)`));
    if (turn < stringifyTurns) stringify.measure(() => arrowBatches.forEach(stringifyRows));
  }
  duckdb.closeSync();

  const isOfText = shape === 'text';
  const name = isOfText ? '9 text columns, 4 of doubles' : 'parameter NUMERIC, window_index INT64';
  const results = [
    resultOf(`Encoder alone, ${name}`, ROWS / 1000 / ours.bestSeconds, 'thousand rows/s', null),
    resultOf(`DuckDB's JSON writer on one thread, ${name}`, ROWS / 1000 / theirs.bestSeconds, 'thousand rows/s', null),
    resultOf(
      `Encoder over DuckDB, ${name}`,
      theirs.bestSeconds / ours.bestSeconds,
      'times',
      isOfText ? FLOOR_OVER_DUCKDB : null,
    ),
  ];
  if (stringifyTurns === 0) return results;
  const isSame =
    digestOf(batches, (batch) => new RowEncoder(columns).encode(batch).bytes.subarray(1)) ===
    digestOf(arrowBatches, stringifyRows);
  return [
    ...results,
    resultOf('Row objects and JSON.stringify', ROWS / 1000 / stringify.bestSeconds, 'thousand rows/s', null),
    resultOf('Encoder over JSON.stringify', stringify.bestSeconds / ours.bestSeconds, 'times', FLOOR_OVER_STRINGIFY),
    resultOf('Bytes equal to those of JSON.stringify (SHA-256)', isSame ? 1 : 0, 'yes', 1),
  ];
}

function resultOf(question: string, value: number, unit: string, floor: number | null): BenchResult {
  return { question, value, unit, floor, ok: floor === null || value >= floor };
}

class Stopwatch {
  bestSeconds = Number.POSITIVE_INFINITY;

  measure(work: () => void): void {
    const start = performance.now();
    work();
    this.#lap(start);
  }

  async measureAsync(work: () => Promise<unknown>): Promise<void> {
    const start = performance.now();
    await work();
    this.#lap(start);
  }

  #lap(start: number): void {
    this.bestSeconds = Math.min(this.bestSeconds, (performance.now() - start) / 1000);
  }
}

function encodeAll(columns: readonly Column[], batches: readonly ColumnBatch[]): void {
  const encoder = new RowEncoder(columns);
  for (const batch of batches) encoder.encode(batch);
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

/** DuckDB in memory, on one thread, with the same rows in the table `rows`: it reads what our encoder wrote. */
async function loadIntoDuckdb(columns: readonly Column[], batches: readonly ColumnBatch[]): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const folder = mkdtempSync(join(tmpdir(), 'contrail-bench-'));
  try {
    const path = join(folder, 'rows.json');
    const file = openSync(path, 'w');
    const encoder = new RowEncoder(columns);
    batches.forEach((batch, index) => {
      const { bytes } = encoder.encode(batch);
      if (index === 0) bytes[0] = '['.charCodeAt(0);
      writeSync(file, bytes);
    });
    writeSync(file, ']');
    closeSync(file);
    const types = columns.map(({ name, type }) => `${name}: '${SQL_TYPES[type.kind] ?? 'VARCHAR'}'`).join(', ');
    await connection.run(`CREATE TABLE rows AS FROM read_json('${path}', format = 'array', columns = {${types}})`);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return connection;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(`${cpus()[0]?.model}, Node ${process.version}, ${ROWS} rows`);
  for (const { question, value, unit, floor, ok } of await run({ full: process.argv.includes('--full') })) {
    const judgement = floor === null ? '' : `  (at least ${floor}: ${ok ? 'kept' : 'MISSED'})`;
    console.log(`${question}: ${value.toFixed(2)} ${unit}${judgement}`);
  }
}
