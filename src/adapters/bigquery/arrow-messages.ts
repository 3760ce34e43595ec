/**
 * Parses Arrow IPC messages: the schema, and record batches as positions in their body. Accepts a bare message, as the
 * service sends them, and a stream of several, as the emulator does. Not a library, because this one checks its input and
 * loads in a tenth of the time (docs/adr/0015-own-code-and-libraries.md).
 *
 * @see https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc
 * @see https://github.com/apache/arrow/blob/main/format/Schema.fbs for the numbers of fields and types
 */
import { ContrailError } from '../../domain/errors.ts';
import { FlatTable } from './flatbuffer.ts';

export interface ArrowField {
  readonly name: string;
  readonly type: ArrowType;
  readonly children: readonly ArrowField[];
  /** `google:sqlType:json` and the like: the BigQuery type behind an Arrow type. */
  readonly extension: string | undefined;
}

/** A type by Arrow's name, with the parameters that matter. */
export interface ArrowType {
  readonly name: string;
  /** Bits of an Int or a Decimal, scale of a Decimal, unit of a Time or Timestamp (2 = microseconds). */
  readonly bits: number;
  readonly scale: number;
  readonly unit: number;
  readonly isSigned: boolean;
  readonly hasZone: boolean;
}

/** A record batch. Places are pairs of byte offset and length in `body`; nodes are pairs of length and null count. */
export interface ArrowBatch {
  readonly rowCount: number;
  readonly nodes: Float64Array;
  readonly places: Float64Array;
  readonly body: Uint8Array;
}

export type ArrowMessage =
  | { readonly kind: 'schema'; readonly fields: readonly ArrowField[] }
  | { readonly kind: 'batch'; readonly batch: ArrowBatch };

const SCHEMA_HEADER = 1;
const BATCH_HEADER = 3;
const CONTINUATION = 0xffffffff;
/** BigQuery nests records up to 15 levels deep; an array of records is two levels of Arrow. */
const MOST_DEPTH = 32;
/** BigQuery's limit for column names. */
const LONGEST_NAME = 300;

/** Names of the union `Type`, in its order. */
const TYPE_NAMES = [
  'None',
  'Null',
  'Int',
  'FloatingPoint',
  'Binary',
  'Utf8',
  'Bool',
  'Decimal',
  'Date',
  'Time',
  'Timestamp',
  'Interval',
  'List',
  'Struct',
  'Union',
  'FixedSizeBinary',
  'FixedSizeList',
  'Map',
  'Duration',
  'LargeBinary',
  'LargeUtf8',
  'LargeList',
  'RunEndEncoded',
  'BinaryView',
  'Utf8View',
  'ListView',
  'LargeListView',
];

/** The messages in these bytes, in order. Throws STREAM_BROKEN if they are not Arrow messages. */
export function readMessages(bytes: Uint8Array): ArrowMessage[] {
  try {
    return [...messagesIn(bytes)];
  } catch (error) {
    if (error instanceof ContrailError) throw error;
    throw broken('an Arrow message cannot be read', error);
  }
}

function* messagesIn(bytes: Uint8Array): Generator<ArrowMessage> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < bytes.length) {
    if (at + 4 <= bytes.length && view.getUint32(at, true) === CONTINUATION) at += 4;
    if (at + 4 > bytes.length) throw broken('an Arrow message is cut off');
    const headerBytes = view.getInt32(at, true);
    at += 4;
    if (headerBytes === 0) return;
    if (headerBytes < 0 || at + headerBytes > bytes.length) throw broken('an Arrow message is cut off');
    const message = FlatTable.root(bytes.subarray(at, at + headerBytes));
    at += headerBytes;
    const bodyBytes = message.long(3);
    if (!isCount(bodyBytes) || at + bodyBytes > bytes.length) throw broken('the body of an Arrow message is cut off');
    const header = message.table(2);
    const kind = message.int8(1);
    if (header === undefined) throw broken('an Arrow message has no header');
    if (kind === SCHEMA_HEADER) yield { kind: 'schema', fields: readFields(header) };
    else if (kind === BATCH_HEADER) yield { kind: 'batch', batch: readBatch(header, bytes, at, bodyBytes) };
    else throw broken(`an Arrow message has the unexpected kind ${kind}`);
    at += bodyBytes;
  }
}

function readFields(schema: FlatTable): ArrowField[] {
  if (schema.int16(0) !== 0) throw broken('Arrow data came in big-endian order');
  return schema.tables(1).map((field) => readField(field, 1));
}

function readField(field: FlatTable, depth: number): ArrowField {
  if (depth > MOST_DEPTH) throw broken(`its columns are nested more than ${MOST_DEPTH} levels deep`);
  const name = field.text(0) ?? '';
  if (name.length > LONGEST_NAME) throw broken(`a column has a name of ${name.length} characters`);
  if (field.has(4)) throw broken(`column ${JSON.stringify(name)} is dictionary-encoded`);
  const extension = field.tables(6).find((entry) => entry.text(0) === 'ARROW:extension:name');
  return {
    name,
    type: readType(TYPE_NAMES[field.int8(2)] ?? 'unknown', field.table(3)),
    children: field.tables(5).map((child) => readField(child, depth + 1)),
    extension: extension?.text(1),
  };
}

function readType(name: string, type: FlatTable | undefined): ArrowType {
  const plain = { name, bits: 0, scale: 0, unit: 0, isSigned: false, hasZone: false };
  switch (name) {
    case 'Int':
      return { ...plain, bits: type?.int32(0) ?? 0, isSigned: type?.int8(1) === 1 };
    case 'Decimal':
      return { ...plain, scale: type?.int32(1) ?? 0, bits: type?.int32(2, 128) ?? 0 };
    case 'Time':
      return { ...plain, unit: type?.int16(0, 1) ?? 0, bits: type?.int32(1, 32) ?? 0 };
    case 'Date':
      return { ...plain, unit: type?.int16(0, 1) ?? 0 };
    case 'FloatingPoint':
      return { ...plain, unit: type?.int16(0) ?? 0 };
    case 'Timestamp':
      return { ...plain, unit: type?.int16(0) ?? 0, hasZone: type?.has(1) ?? false };
    default:
      return plain;
  }
}

function readBatch(header: FlatTable, bytes: Uint8Array, at: number, bodyBytes: number): ArrowBatch {
  if (header.has(3)) throw broken('a record batch is compressed although compression is off');
  const rowCount = header.long(0);
  if (!isCount(rowCount)) throw broken(`a record batch claims to have ${rowCount} rows`);
  return {
    rowCount,
    nodes: header.longPairs(1),
    places: header.longPairs(2),
    body: alignedCopy(bytes.subarray(at, at + bodyBytes)),
  };
}

/** Doubles and integers need addresses that are multiples of eight, but a gRPC message puts the body anywhere. */
function alignedCopy(body: Uint8Array): Uint8Array {
  return body.byteOffset % 8 === 0 ? body : new Uint8Array(body);
}

/** Whether a 64-bit integer can be a length: not negative, and exact as a double. */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

export function broken(what: string, cause?: unknown): ContrailError {
  return new ContrailError('STREAM_BROKEN', `A stream of rows is invalid: ${what}.`, { cause });
}
