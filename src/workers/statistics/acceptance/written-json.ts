/** Single values as a reader of the file gets them, of columns of any type. For rare looks, not for every row. */
import type { ColumnVector } from '../../../domain/column-batch.ts';
import type { ColumnType } from '../../../domain/column-type.ts';
import { JsonBytes } from '../json-bytes.ts';
import { ValueWriter } from '../value-writer.ts';

/** A value of a file after JSON.parse: INT64 and NUMERIC are texts, NaN is null. */
export type Written = null | string | number | boolean | readonly Written[] | { readonly [name: string]: Written };

const out = new JsonBytes();

/** The value that the file will show. What cannot be written fails when it is encoded, and counts as null here. */
export function writtenAt(type: ColumnType, vector: ColumnVector, row: number): Written {
  out.clear();
  try {
    new ValueWriter(out).write(type, vector, row);
    // What was just written is JSON, of whatever kind.
    return JSON.parse(Buffer.from(out.bytes.subarray(0, out.length)).toString('utf8')) as Written;
  } catch {
    return null;
  }
}
