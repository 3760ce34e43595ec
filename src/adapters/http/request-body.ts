/** Splits bodies into pieces, so that slow connections can be told from stalled ones. */
import { Readable } from 'node:stream';
import type { HttpRequest } from '../../ports/http.ts';

const PIECE_BYTES = 64 * 1024;

export interface SentBody {
  readonly body: Buffer | Readable | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** The body for one try. Pieces are copied only if a chunk does not fit into one. */
export function sentBody(body: HttpRequest['body']): SentBody {
  if (body === undefined) return { body: null, headers: {} };
  const pieces = typeof body === 'string' ? [Buffer.from(body)] : body;
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length <= PIECE_BYTES) return { body: Buffer.concat(pieces), headers: {} };
  const stream = Readable.from(slicesOf(pieces), { objectMode: false, highWaterMark: PIECE_BYTES });
  return { body: stream, headers: { 'content-length': String(length) } };
}

function* slicesOf(pieces: readonly Uint8Array[]): Generator<Buffer> {
  for (const { buffer, byteOffset, length } of pieces) {
    for (let at = 0; at < length; at += PIECE_BYTES) {
      yield Buffer.from(buffer, byteOffset + at, Math.min(PIECE_BYTES, length - at));
    }
  }
}
