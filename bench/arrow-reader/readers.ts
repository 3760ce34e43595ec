/**
 * A record batch of the Storage Read API as columns, read by us and by two libraries: the buffers are views in each. The
 * encoder relies on offsets that rise; ours checks them while it reads, of the others they are checked here.
 */
import { tableFromIPC } from '@uwdata/flechette';
import { RecordBatchReader, type Data } from 'apache-arrow';
import { toColumnBatch } from '../../src/adapters/bigquery/arrow-batch.ts';
import { readMessages } from '../../src/adapters/bigquery/arrow-messages.ts';
import type { ColumnBatch, ColumnVector } from '../../src/domain/column-batch.ts';
import type { Column } from '../../src/domain/column-type.ts';

/** Messages as the service sends them: the schema once, and bare record batches. */
export interface Messages {
  readonly columns: readonly Column[];
  readonly schema: Uint8Array;
  readonly batches: readonly Uint8Array[];
}

export function readByContrail({ columns }: Messages, bytes: Uint8Array): ColumnBatch {
  const [message] = readMessages(bytes);
  if (message?.kind !== 'batch') throw new TypeError('This is no record batch.');
  return toColumnBatch(columns, message.batch);
}

export function readByApacheArrow({ schema }: Messages, bytes: Uint8Array): ColumnBatch {
  const [batch] = RecordBatchReader.from([schema, bytes]);
  if (batch === undefined) throw new TypeError('apache-arrow found no record batch.');
  return checked({ rowCount: batch.numRows, columns: batch.data.children.map(vectorOf) });
}

function vectorOf({ values, valueOffsets, nullBitmap, nullCount }: Data): ColumnVector {
  const validity = nullCount === 0 ? undefined : nullBitmap;
  if (values instanceof Float64Array) return { layout: 'double', values, validity };
  return { layout: 'binary', offsets: valueOffsets, bytes: values, validity };
}

export function readByFlechette({ schema }: Messages, bytes: Uint8Array): ColumnBatch {
  const table = tableFromIPC([schema, bytes]);
  const columns = table.children.map(({ data: [batch] }): ColumnVector => {
    const validity = batch?.nullCount === 0 ? undefined : batch?.validity;
    if (batch?.values instanceof Float64Array) return { layout: 'double', values: batch.values, validity };
    if (!(batch?.values instanceof Uint8Array && batch.offsets instanceof Int32Array))
      throw new TypeError('flechette keeps a column otherwise.');
    return { layout: 'binary', offsets: batch.offsets, bytes: batch.values, validity };
  });
  return checked({ rowCount: table.numRows, columns });
}

/** What our reader does for every column of text. */
export function checked(batch: ColumnBatch): ColumnBatch {
  for (const vector of batch.columns) {
    if (vector.layout === 'binary') checkOffsets(vector.offsets.subarray(0, batch.rowCount + 1), vector.bytes.length);
  }
  return batch;
}

function checkOffsets(offsets: Int32Array, limit: number): void {
  let before = offsets[0] ?? 0;
  let signs = before;
  for (let row = 1; row < offsets.length; row++) {
    const next = offsets[row]!;
    signs |= next | (next - before);
    before = next;
  }
  if (signs < 0 || before > limit) throw new RangeError('The offsets of a column do not rise.');
}
