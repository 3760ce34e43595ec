/** How much may be read from a source that others control, and the setting that says so. */

export interface ByteLimit {
  readonly bytes: number;
  /** The variable that raises it. */
  readonly setting: string;
}

/** A source holds more than is allowed; reading it again does not help. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

/** `what` says which thing it is; the message names the limit and its setting. */
export function tooLarge(limit: ByteLimit, what = 'it'): TooLargeError {
  return new TooLargeError(`${what} is larger than ${megabytes(limit.bytes)}, the limit of ${limit.setting}`);
}

/** All bytes of a stream; throws TooLargeError as soon as there are more than allowed, and reads no further. */
export async function readWithin(limit: ByteLimit, chunks: AsyncIterable<Uint8Array>, what?: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of within(limit, chunks, what)) pieces.push(chunk);
  return Buffer.concat(pieces);
}

/** The same chunks; throws TooLargeError in place of the one that goes beyond the limit. */
export async function* within(
  limit: ByteLimit,
  chunks: AsyncIterable<Uint8Array>,
  what?: string,
): AsyncIterableIterator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > limit.bytes) throw tooLarge(limit, what);
    yield chunk;
  }
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${bytes} bytes` : `${bytes / 1e6} MB`;
}
