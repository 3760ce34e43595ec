/** Reads a published object once: its bytes go to a check while size and checksum are taken. */
import { createHash } from 'node:crypto';
import { toContrailError } from '../../domain/errors.ts';
import { MalformedArrayError } from '../../domain/json-array-elements.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import type { ObjectStore, StoredObject } from '../../ports/object-store.ts';
import { type Fault, fault } from './faults.ts';
import { OtherKindError } from './row-columns.ts';

export interface ReadRequest {
  readonly store: Pick<ObjectStore, 'read'>;
  readonly object: StoredObject;
  readonly signal: AbortSignal;
}

export interface ReadFile {
  readonly faults: readonly Fault[];
  /** In hex; absent if the object could not be read to its end. */
  readonly sha256?: string;
}

/** Undefined if the object was removed meanwhile. `check` finds faults in the content and reads as far as it can. */
export async function readObject(
  { store, object, signal }: ReadRequest,
  check: (bytes: AsyncIterable<Uint8Array>) => Promise<readonly Fault[]>,
): Promise<ReadFile | undefined> {
  try {
    const stream = await store.read(object.name, signal);
    if (stream === undefined) return undefined;
    const seen = { bytes: 0, hash: createHash('sha256') };
    const bytes = counted(stream, seen);
    try {
      const faults = await contentFaults(check(bytes));
      await readToEnd(bytes);
      const sha256 = seen.hash.digest('hex');
      const own = [...headerFaults(object), ...byteFaults(object, { bytes: seen.bytes, sha256 })];
      return { faults: [...own, ...faults], sha256 };
    } finally {
      stream.destroy();
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof OtherKindError) throw error;
    const { code, sentence } = toContrailError(error);
    return { faults: [fault(code === 'CHECKSUM_MISMATCH' ? 'checksum' : 'unreadable', sentence)] };
  }
}

interface Seen {
  bytes: number;
  readonly hash: ReturnType<typeof createHash>;
}

/** The stream's pieces, once, however many readers take turns: one that stops early leaves the rest to the next. */
function counted(stream: AsyncIterable<Uint8Array>, seen: Seen): AsyncIterable<Uint8Array> {
  const pieces = stream[Symbol.asyncIterator]();
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    const piece = await pieces.next();
    if (piece.done !== true) {
      seen.bytes += piece.value.length;
      seen.hash.update(piece.value);
    }
    return piece;
  };
  return { [Symbol.asyncIterator]: () => ({ next }) };
}

async function readToEnd(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const rest = bytes[Symbol.asyncIterator]();
  while ((await rest.next()).done !== true);
}

async function contentFaults(check: Promise<readonly Fault[]>): Promise<readonly Fault[]> {
  try {
    return await check;
  } catch (error) {
    if (error instanceof MalformedArrayError) return [fault('json', `It is no list of rows: ${error.message}.`)];
    throw error;
  }
}

function headerFaults({ contentType, contentEncoding }: StoredObject): Fault[] {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  return [
    ...(type === undefined || type === 'application/json'
      ? []
      : [fault('headers', `Its content type is ${contentType}, not application/json.`)]),
    ...(contentEncoding === undefined || contentEncoding === 'gzip'
      ? []
      : [fault('headers', `Its content encoding is ${contentEncoding}, which readers may not understand.`)]),
  ];
}

function byteFaults(
  { bytes: listed, contentEncoding, metadata }: StoredObject,
  { bytes, sha256 }: { readonly bytes: number; readonly sha256: string },
): Fault[] {
  // The listing has the size of the compressed bytes.
  const isOtherSize = contentEncoding === undefined && listed !== bytes;
  const published = metadata[METADATA.sha256];
  return [
    ...(isOtherSize ? [fault('size', `It is listed with ${listed} bytes, and ${bytes} were read.`)] : []),
    ...(published === undefined || published === sha256
      ? []
      : [fault('checksum', 'Its bytes are not those that Contrail published: the SHA-256 differs.')]),
  ];
}
