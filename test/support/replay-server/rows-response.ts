/** A ReadRowsResponse as bytes, laid out so that what differs between two of them can be written over in place. */
import type { BatchMessage, BufferPlace } from './arrow-message.ts';
import { bytesField, varint, varintField } from './protobuf.ts';

/** `stats { progress { at_response_start, at_response_end } }`: fields 2, 2, and two doubles. */
const STATS_PREFIX = Uint8Array.of(0x12, 20, 0x12, 18);
const PROGRESS_START_AT = STATS_PREFIX.length + 1;
const PROGRESS_END_AT = PROGRESS_START_AT + 9;
const STATS_BYTES = STATS_PREFIX.length + 18;

const ROW_COUNT_FIELD = 6;
const RECORD_BATCH_TAG = 0x22;
const SERIALIZED_TAG = 0x0a;
const SCHEMA_FIELD = 8;

export class RowsResponse {
  /** The message as it goes over the wire. */
  readonly bytes: Buffer;
  readonly rowCount: number;
  readonly #buffers: readonly BufferPlace[];
  readonly #messageAt: number;

  constructor(message: BatchMessage) {
    const inner = Buffer.concat([Uint8Array.of(SERIALIZED_TAG), varint(message.bytes.length)]);
    const head = Buffer.concat([
      varintField(ROW_COUNT_FIELD, message.rowCount),
      Uint8Array.of(RECORD_BATCH_TAG),
      varint(inner.length + message.bytes.length),
      inner,
    ]);
    const messageAt = STATS_BYTES + head.length;
    // The message begins at a multiple of 8 of its own memory, so that its doubles can be looked at as such.
    const shift = (8 - (messageAt % 8)) % 8;
    this.bytes = Buffer.from(new ArrayBuffer(shift + messageAt + message.bytes.length), shift);
    this.bytes.set(STATS_PREFIX);
    this.bytes[PROGRESS_START_AT - 1] = 0x09;
    this.bytes[PROGRESS_END_AT - 1] = 0x11;
    this.bytes.set(head, STATS_BYTES);
    this.bytes.set(message.bytes, messageAt);
    this.rowCount = message.rowCount;
    this.#buffers = message.buffers;
    this.#messageAt = messageAt;
  }

  /** Shares of the stream that were sent before and after this response. */
  setProgress(start: number, end: number): void {
    this.bytes.writeDoubleLE(start, PROGRESS_START_AT);
    this.bytes.writeDoubleLE(end, PROGRESS_END_AT);
  }

  /** The field `stats`, with the progress as it was last set. */
  get stats(): Uint8Array {
    return this.bytes.subarray(0, STATS_BYTES);
  }

  /** `arrow_record_batch.serialized_record_batch`. */
  get serializedBatch(): Uint8Array {
    return this.bytes.subarray(this.#messageAt);
  }

  /** The bytes of a buffer of the batch, to be changed in place. */
  bufferAt(index: number): Uint8Array {
    const { at, bytes } = this.#buffers[index]!;
    return this.bytes.subarray(this.#messageAt + at, this.#messageAt + at + bytes);
  }
}

/** The bytes to append to a response: its schema, which the service sends with the first of a stream. */
export function schemaAppendix(serializedSchema: Uint8Array): Uint8Array {
  return bytesField(SCHEMA_FIELD, bytesField(1, serializedSchema));
}

/** The bytes to append to a response to make it claim another row count: of a field sent twice, the last one counts. */
export function rowCountAppendix(rowCount: number): Uint8Array {
  return varintField(ROW_COUNT_FIELD, rowCount);
}
