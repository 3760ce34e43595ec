/** Reads one stream of a read session to its end: resumes it where it broke, ends one that stalls, and stops at once on abort. */
import type { ClientReadableStream } from '@grpc/grpc-js';
import type { ColumnBatch } from '../../domain/column-batch.ts';
import type { Column } from '../../domain/column-type.ts';
import { ContrailError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import { toColumnBatch } from './arrow-batch.ts';
import { broken, readMessages } from './arrow-messages.ts';
import { unpackLz4 } from './lz4-block.ts';
import type { ReadRowsResponse, StorageClient } from './storage-client.ts';
import { retryDelayOf } from './retry-info.ts';
import type { UsageMeter } from './usage-meter.ts';
import { toRefusal } from './vendor-errors.ts';

export interface StreamRequest {
  readonly client: StorageClient;
  readonly stream: string;
  readonly columns: readonly Column[];
  /** Rows of the stream. */
  readonly rowCount: number;
  readonly stallTimeoutMs: number;
  readonly meter: UsageMeter;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** After this many consecutive breaks without any message, a stream is given up. */
const MOST_BREAKS = 5;
const FIRST_PAUSE_MS = 100;

/**
 * The rows of the stream in order. A batch is read after the previous one was taken; the connection buffers a few. Throws
 * STREAM_BROKEN if the stream keeps breaking, and the service's refusals.
 */
export async function* readStream(request: StreamRequest): AsyncGenerator<ColumnBatch> {
  const { rowCount, clock, random, signal } = request;
  let rows = 0;
  let breaks = 0;
  for (;;) {
    let problem: unknown;
    const before = rows;
    try {
      for await (const batch of readFrom(request, rows)) {
        rows += batch.rowCount;
        if (rows > rowCount) throw broken(`it has more than the ${rowCount} rows that were announced`);
        yield batch;
      }
      if (rows >= rowCount) return;
      problem = broken(`it ended after ${rows} of ${rowCount} rows`);
    } catch (error) {
      signal.throwIfAborted();
      if (!isBreak(error)) throw error;
      problem = error;
    }
    breaks = rows > before ? 1 : breaks + 1;
    if (breaks > MOST_BREAKS) throw problem;
    request.log.debug({ stream: request.stream, rows, breaks, problem: String(problem) }, 'a stream of rows broke');
    const pauseMs = FIRST_PAUSE_MS * 2 ** (breaks - 1) * (0.5 + random.fraction());
    await clock.sleep(Math.max(pauseMs, retryDelayOf(problem) ?? 0), signal);
  }
}

/** The messages of one call, from a given row on. Leaving the loop ends the call. */
async function* readFrom(request: StreamRequest, offset: number): AsyncGenerator<ColumnBatch> {
  const { client, stream, columns, meter, signal } = request;
  const call = await client.readRows(stream, offset, meter);
  const stop = (): void => call.cancel();
  signal.addEventListener('abort', stop, { once: true });
  // Nobody listens any more to the error that cancelling causes.
  call.on('error', () => undefined);
  const messages = call[Symbol.asyncIterator]() as AsyncIterator<ReadRowsResponse>;
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await withinStallLimit(call, messages, request);
      if (next.done === true) return;
      yield* batchesOf(columns, next.value, meter);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    call.cancel();
  }
}

/** The next message. Time between calls does not count. */
async function withinStallLimit(
  call: ClientReadableStream<ReadRowsResponse>,
  messages: AsyncIterator<ReadRowsResponse>,
  { clock, stallTimeoutMs: limitMs }: StreamRequest,
): Promise<IteratorResult<ReadRowsResponse>> {
  let isStalled = false;
  const cancel = clock.startTimer(limitMs, () => {
    isStalled = true;
    call.cancel();
  });
  try {
    return await messages.next();
  } catch (error) {
    throw isStalled ? new StalledStream(limitMs, error) : error;
  } finally {
    cancel();
  }
}

class StalledStream extends ContrailError {
  constructor(limitMs: number, cause: unknown) {
    super('STREAM_BROKEN', `A stream of rows delivered nothing for ${limitMs} ms.`, { cause });
  }
}

function* batchesOf(columns: readonly Column[], response: ReadRowsResponse, meter: UsageMeter): Generator<ColumnBatch> {
  const bytes = response.arrowRecordBatch?.serializedRecordBatch;
  if (!(bytes instanceof Uint8Array)) return;
  meter.bytesRead += bytes.length;
  // Set only with compression, and -1 if it would not have made this message smaller.
  const unpackedBytes = Number(response.uncompressedByteSize ?? 0);
  for (const message of readMessages(unpackedBytes > 0 ? unpackLz4(bytes, unpackedBytes) : bytes)) {
    if (message.kind === 'batch' && message.batch.rowCount > 0) yield toColumnBatch(columns, message.batch);
  }
}

/**
 * Internal errors that mean a lost connection, as in Google's own client.
 *
 * @see https://github.com/googleapis/java-bigquerystorage (ReadRowsRetryingCallable, Errors.isRetryableStatus)
 */
const LOST =
  /RST[_ ]STREAM|\bEOS\b|GOAWAY|stream terminated|HTTP\/2 error code: INTERNAL_ERROR|closed with unknown cause/i;

/**
 * Whether a stream can resume after this failure: the connection was lost, the server went away or asks to come back later, or the
 * stream stalled or ended early.
 */
function isBreak(error: unknown): boolean {
  const refusal = toRefusal(error);
  if (refusal === undefined) return error instanceof StalledStream;
  if (refusal.reason === 'INTERNAL') return LOST.test(refusal.message);
  if (refusal.reason === 'RESOURCE_EXHAUSTED') return retryDelayOf(error) !== undefined;
  return ['UNAVAILABLE', 'ABORTED', 'CANCELLED', 'DEADLINE_EXCEEDED', 'connection'].includes(refusal.reason);
}
