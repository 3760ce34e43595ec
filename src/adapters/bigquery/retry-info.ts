/**
 * `google.rpc.RetryInfo`: when the service wants a call to be repeated. It comes in a trailer of its own.
 *
 * @see https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto
 */
import protobuf from 'protobufjs/minimal.js';

const TRAILER = 'google.rpc.retryinfo-bin';
/** For longer ones the queue rests instead. */
const LONGEST_DELAY_MS = 60_000;
/** Fields of RetryInfo and Duration. */
const DELAY = 1;
const SECONDS = 1;
const NANOS = 2;

/** The delay in milliseconds that a gRPC error asks for; undefined if it asks for none, or for one that is too long to wait for. */
export function retryDelayOf(error: unknown): number | undefined {
  const bytes = trailerOf(error);
  if (bytes === undefined) return undefined;
  try {
    const ms = delayOf(bytes);
    return ms <= LONGEST_DELAY_MS ? ms : undefined;
  } catch {
    // A trailer that cannot be read asks for nothing.
    return undefined;
  }
}

function trailerOf(error: unknown): Uint8Array | undefined {
  const metadata = typeof error === 'object' && error !== null && 'metadata' in error ? error.metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null || !('get' in metadata)) return undefined;
  const values: unknown = typeof metadata.get === 'function' ? metadata.get(TRAILER) : undefined;
  const [first]: unknown[] = Array.isArray(values) ? values : [];
  return first instanceof Uint8Array ? first : undefined;
}

function delayOf(retryInfo: Uint8Array): number {
  let ms = 0;
  readFields(retryInfo, (field, reader) => {
    if (field === DELAY) ms = durationOf(reader.bytes());
    return field === DELAY;
  });
  return ms;
}

function durationOf(duration: Uint8Array): number {
  let ms = 0;
  readFields(duration, (field, reader) => {
    if (field === SECONDS) ms += Number(reader.int64()) * 1_000;
    if (field === NANOS) ms += reader.int32() / 1e6;
    return field === SECONDS || field === NANOS;
  });
  return ms;
}

/** `take` reads a field's value, or returns false to skip it. */
function readFields(message: Uint8Array, take: (field: number, reader: protobuf.Reader) => boolean): void {
  const reader = protobuf.Reader.create(message);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (!take(tag >>> 3, reader)) reader.skipType(tag & 7);
  }
}
