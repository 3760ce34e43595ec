/** The column that divides rows: by experiment into files, or by key inside a file. */
import { type ColumnVector, isValid } from '../../domain/column-batch.ts';
import { type Column, columnTypeName } from '../../domain/column-type.ts';
import { ContrailError } from '../../domain/errors.ts';
import { quote } from '../../domain/slug.ts';
import { integerText } from '../statistics/integer-text.ts';
import type { RowRange } from './row-range.ts';

/** Keeps a byte order mark, which is an ordinary character inside a table. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Types whose order in the warehouse is that of their text. */
const DIVIDING = ['string', 'date'];

export interface DividingColumn {
  readonly index: number;
  readonly column: Column;
}

/** Throws QUERY_FAILED if the query has no such column, or one of a type that cannot divide rows. `use`: `splitBy`, `key`. */
export function dividingColumn(columns: readonly Column[], name: string, use: string): DividingColumn {
  const index = indexOfColumn(columns, name, use);
  const column = columns[index]!;
  if (DIVIDING.includes(column.type.kind)) return { index, column };
  throw new ContrailError(
    'QUERY_FAILED',
    `Column ${quote(name)} (\`${use}\`) is ${columnTypeName(column.type)}; it must be STRING or DATE.`,
    { hint: `Cast it in the query: CAST(${name} AS STRING).` },
  );
}

/** Throws QUERY_FAILED if the query has no such column. */
export function indexOfColumn(columns: readonly Column[], name: string, use: string): number {
  const index = columns.findIndex((column) => column.name === name);
  if (index >= 0) return index;
  throw new ContrailError('QUERY_FAILED', `The query has no column ${quote(name)}, which \`${use}\` names.`, {
    hint: `Its columns are ${columns.map((column) => column.name).join(', ')}.`,
  });
}

export interface Run extends RowRange {
  /** The value that all rows of the run have; null: NULL. */
  readonly text: string | null;
}

/** The range as runs of rows with the same value. */
export function* runsOf({ batch, from, to }: RowRange, { index, column }: DividingColumn): Generator<Run> {
  const vector = batch.columns[index]!;
  let start = from;
  let text = textAt(vector, column, from);
  for (let row = from + 1; row < to; row++) {
    const next = textAt(vector, column, row);
    if (next === text) continue;
    yield { batch, from: start, to: row, text };
    start = row;
    text = next;
  }
  if (start < to) yield { batch, from: start, to, text };
}

function textAt(vector: ColumnVector, { name, type }: Column, row: number): string | null {
  if (!isValid(vector.validity, row)) return null;
  if (vector.layout === 'binary') {
    return decoder.decode(vector.bytes.subarray(vector.offsets[row], vector.offsets[row + 1]));
  }
  const text = vector.layout === 'integer' ? integerText(type, vector, row) : undefined;
  if (text !== undefined) return text;
  throw new ContrailError('VALUE_INVALID', `Column ${quote(name)} has a value that is no ${columnTypeName(type)}.`);
}
