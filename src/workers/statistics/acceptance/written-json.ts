/** Single values as a reader of the file gets them, for columns of any type. Slow; for rare use. */
import type { ColumnVector } from '../../../domain/column-batch.ts';
import type { ColumnType } from '../../../domain/column-type.ts';
import { JsonBytes } from '../json-bytes.ts';
import { ValueWriter } from '../value-writer.ts';

/** A value of a file after JSON.parse: INT64 and NUMERIC are text, NaN is null. */
export type Written = null | string | number | boolean | readonly Written[] | { readonly [name: string]: Written };

const out = new JsonBytes();

/** The value in the file. A value that cannot be written fails later in the encoder, and counts as null here. */
export function writtenAt(type: ColumnType, vector: ColumnVector, row: number): Written {
  out.clear();
  try {
    new ValueWriter(out).write(type, vector, row);
    // What was just written is valid JSON.
    return JSON.parse(Buffer.from(out.bytes.subarray(0, out.length)).toString('utf8')) as Written;
  } catch {
    return null;
  }
}
