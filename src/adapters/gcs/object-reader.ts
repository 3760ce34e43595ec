/** The uncompressed bytes of an object, checked against the service's checksum. */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ContrailError, errorText } from '../../domain/errors.ts';
import type { ApiClient } from './api-client.ts';
import { Crc32c } from './crc32c.ts';
import { checksumError, unanswered } from './service-errors.ts';

/** A stream of the object; undefined if there is none. Fails with the signal's reason when it aborts. */
export async function readObject(client: ApiClient, name: string, signal: AbortSignal): Promise<Readable | undefined> {
  const doing = `reading gs://${client.bucket}/${name}`;
  const reply = await client.stream({
    doing,
    permission: 'storage.objects.get',
    method: 'GET',
    path: client.objectPath(name),
    query: { alt: 'media' },
    // Otherwise the service unpacks compressed objects, and the checksum would not match.
    headers: { 'accept-encoding': 'gzip' },
    signal,
  });
  if (reply === undefined) return undefined;
  const expected = crc32cIn(reply.headers['x-goog-hash']);
  const stored = streamOf(checked(reply.body, { expected, doing, signal }));
  const isPacked = reply.headers['content-encoding'] === 'gzip';
  const stream = endedBy(signal, isPacked ? streamOf(unpacked(stored, doing)) : stored);
  // Even if nobody has started to read.
  return stream.once('close', () => reply.discard());
}

interface Check {
  readonly expected: string | undefined;
  readonly doing: string;
  readonly signal: AbortSignal;
}

/** The same bytes; fails at the end if the checksum differs, or when the connection breaks. */
async function* checked(
  body: AsyncIterable<Uint8Array>,
  { expected, doing, signal }: Check,
): AsyncGenerator<Uint8Array> {
  const crc = new Crc32c();
  try {
    for await (const piece of body) {
      crc.update(piece);
      yield piece;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof ContrailError ? error : unanswered(error, { doing });
  }
  const found = crc.toBase64();
  if (expected !== undefined && expected !== found) throw checksumError(doing, expected, found);
}

/** Unpacks the bytes; bytes that cannot be unpacked were stored wrongly. */
async function* unpacked(bytes: Readable, doing: string): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  bytes.on('error', (error) => gunzip.destroy(error));
  try {
    yield* bytes.pipe(gunzip);
  } catch (error) {
    if (!isOfZlib(error)) throw error;
    const sentence = `What is stored compressed cannot be unpacked: ${doing}: ${errorText(error)}.`;
    throw new ContrailError('TARGET_UNREADABLE', sentence, { subject: doing, cause: error });
  } finally {
    bytes.destroy();
  }
}

function isOfZlib(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(Z_|ERR_ZLIB)/.test(String(error.code));
}

function streamOf(pieces: AsyncIterable<Uint8Array>): Readable {
  return Readable.from(pieces, { objectMode: false });
}

function endedBy(signal: AbortSignal, stream: Readable): Readable {
  const stopReading = (): void => {
    stream.destroy(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
  };
  signal.addEventListener('abort', stopReading, { once: true });
  stream.once('close', () => signal.removeEventListener('abort', stopReading));
  return stream;
}

/** From `crc32c=n03x6A==,md5=…`, which may also come as two headers. */
function crc32cIn(hash = ''): string | undefined {
  return /\bcrc32c=([^,\s]+)/.exec(hash)?.[1];
}
