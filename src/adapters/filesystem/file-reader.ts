/** The bytes of an open file as a stream that closes it, with translated errors. */
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { readError } from './file-errors.ts';

const PIECE_BYTES = 256 * 1024;

/** A stream of the whole file; fails with the signal's reason when it aborts. */
export function readFileHandle(file: FileHandle, path: string, signal: AbortSignal): Readable {
  const stopReading = (): void => void stream.destroy(asError(signal.reason));
  const stream = new Readable({
    highWaterMark: PIECE_BYTES,
    read(size) {
      file.read(Buffer.allocUnsafe(size), 0, size).then(
        ({ bytesRead, buffer }) => this.push(bytesRead === 0 ? null : buffer.subarray(0, bytesRead)),
        (error: unknown) => this.destroy(asError(readError(error, path))),
      );
    },
    destroy(error, done) {
      signal.removeEventListener('abort', stopReading);
      void closeQuietly(file, () => done(error));
    },
  });
  signal.addEventListener('abort', stopReading, { once: true });
  if (signal.aborted) stopReading();
  return stream;
}

/** Nothing was written, so an error of closing loses nothing. */
async function closeQuietly(file: FileHandle, whenClosed: () => void): Promise<void> {
  await file.close().catch(() => undefined);
  whenClosed();
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
