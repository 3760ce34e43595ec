/**
 * Reads the rows of a published file as a batch, to check its bytes again with the same rules. Every column is JSON, because
 * values are checked as they are in the file.
 */
import type { ColumnBatch, ColumnVector } from '../../src/domain/column-batch.ts';
import type { Column } from '../../src/domain/column-type.ts';
import type { Written } from '../../src/workers/statistics/acceptance/written-json.ts';

export type FileRow = Readonly<Record<string, Written>>;

/** The columns of a file: the keys of a row. */
export function columnsOfRow(row: FileRow): Column[] {
  return Object.keys(row).map((name) => ({ name, type: { kind: 'json' } }));
}

/** A missing key counts as null. */
export function batchOfRows(columns: readonly Column[], rows: readonly FileRow[]): ColumnBatch {
  return { rowCount: rows.length, columns: columns.map(({ name }) => vectorOf(rows.map((row) => row[name] ?? null))) };
}

function vectorOf(values: readonly Written[]): ColumnVector {
  const texts = values.map((value) => Buffer.from(JSON.stringify(value)));
  const offsets = new Int32Array(texts.length + 1);
  for (const [row, text] of texts.entries()) offsets[row + 1] = offsets[row]! + text.length;
  return { layout: 'binary', offsets, bytes: Buffer.concat(texts), validity: undefined };
}
