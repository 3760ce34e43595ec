/** Limits for what is read from sources that others control. */

export interface ByteLimit {
  readonly bytes: number;
  /** The variable to raise it with. */
  readonly setting: string;
}

/** A source is larger than its limit; reading it again does not help. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

/** `what` names the source; the message names the limit and its setting. */
export function tooLarge(limit: ByteLimit, what = 'it'): TooLargeError {
  return new TooLargeError(`${what} is larger than ${megabytes(limit.bytes)}, the limit of ${limit.setting}`);
}

/** All bytes of a stream. Throws TooLargeError and stops reading at the limit. */
export async function readWithin(limit: ByteLimit, chunks: AsyncIterable<Uint8Array>, what?: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of within(limit, chunks, what)) pieces.push(chunk);
  return Buffer.concat(pieces);
}

/** The chunks of a stream. Throws TooLargeError instead of the chunk that exceeds the limit. */
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
