/** Columns as the Arrow IPC messages that the Storage Read API sends: one schema, and bare record batches. */
import {
  BufferType,
  Data,
  makeData,
  MessageReader,
  RecordBatch,
  RecordBatchStreamWriter,
  Struct,
  Table,
  type DataType,
  type Field,
  type Schema,
} from 'apache-arrow';
import type { ColumnBatch, ColumnVector, IntegerVector } from '../../../src/domain/column-batch.ts';

/** Where a buffer of a message's body lies, in bytes from the message's first. */
export interface BufferPlace {
  readonly at: number;
  readonly bytes: number;
}

export interface BatchMessage {
  readonly bytes: Uint8Array;
  readonly rowCount: number;
  readonly bodyAt: number;
  /** In the order of the format: for each column its validity, then offsets (text only), then values. */
  readonly buffers: readonly BufferPlace[];
}

/** The message with a schema, framed as in an IPC stream. */
export function schemaMessage(schema: Schema): Uint8Array {
  const stream = RecordBatchStreamWriter.writeAll(new Table(schema)).toUint8Array(true);
  return stream.subarray(0, PREFIX_BYTES + metadataBytes(stream, 0));
}

/** The message with a record batch, framed as in an IPC stream, without the schema before it. */
export function batchMessage(schema: Schema, batch: ColumnBatch): BatchMessage {
  const { rowCount: length } = batch;
  const children = batch.columns.map((vector, index) => arrowData(schema.fields[index]!.type, vector, length));
  const record = new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, children }));
  const stream = RecordBatchStreamWriter.writeAll(new Table([record])).toUint8Array(true);
  const reader = new MessageReader(stream);
  reader.readSchema(true);
  const message = reader.readMessage();
  if (message === null || !message.isRecordBatch()) throw new TypeError('apache-arrow wrote no record batch');
  const start = PREFIX_BYTES + metadataBytes(stream, 0);
  const bodyAt = PREFIX_BYTES + metadataBytes(stream, start);
  return {
    bytes: stream.subarray(start, start + bodyAt + message.bodyLength),
    rowCount: length,
    bodyAt,
    buffers: message.header().buffers.map((region) => ({ at: bodyAt + region.offset, bytes: region.length })),
  };
}

/** The continuation marker and the length of the metadata. */
const PREFIX_BYTES = 8;

function metadataBytes(stream: Uint8Array, at: number): number {
  return new DataView(stream.buffer, stream.byteOffset + at).getInt32(4, true);
}

interface ArrowBuffers {
  readonly [BufferType.OFFSET]?: Int32Array;
  readonly [BufferType.DATA]?: Uint8Array | Int32Array | Uint32Array | BigInt64Array | Float64Array;
}

function arrowData(type: DataType, vector: ColumnVector, length: number): Data {
  const { validity } = vector;
  const nullBitmap = validity === undefined ? {} : { [BufferType.VALIDITY]: validity };
  const parts = (buffers: ArrowBuffers, children: Data[] = []): Data =>
    new Data(type, 0, length, validity === undefined ? 0 : -1, { ...buffers, ...nullBitmap }, children);
  switch (vector.layout) {
    case 'double':
      return parts({ [BufferType.DATA]: vector.values });
    case 'binary':
      return parts({ [BufferType.OFFSET]: vector.offsets, [BufferType.DATA]: vector.bytes });
    case 'integer':
      return parts({ [BufferType.DATA]: integersOf(vector) });
    case 'bit':
      return parts({ [BufferType.DATA]: vector.bits });
    case 'list': {
      const child = arrowData(childType(type, 0), vector.elements, vector.offsets[length] ?? 0);
      return parts({ [BufferType.OFFSET]: vector.offsets }, [child]);
    }
    case 'struct':
      return parts(
        {},
        vector.fields.map((field, index) => arrowData(childType(type, index), field, length)),
      );
  }
}

function childType(type: DataType, index: number): DataType {
  const child: Field<DataType> | undefined = type.children?.[index];
  if (child === undefined) throw new TypeError(`Arrow type ${type.typeId} has no child ${index}`);
  return child.type;
}

/** The words of a column in the array that apache-arrow keeps its type in. */
function integersOf({ words, wordsPerValue }: IntegerVector): Int32Array | BigInt64Array | Uint32Array {
  if (wordsPerValue === 1) return words;
  if (wordsPerValue > 2) return new Uint32Array(words.buffer, words.byteOffset, words.length);
  return new BigInt64Array(words.buffer, words.byteOffset, words.length / 2);
}
