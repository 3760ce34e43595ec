/** One ReadRows call: sends a stream from an offset on, at the pace and to the end that its plan says. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { schemaMessage } from './arrow-message.ts';
import { compressedResponse } from './compressed-response.ts';
import type { Counters } from './counters.ts';
import type { FaultPlan } from './faults.ts';
import { arrowSchema } from './arrow-types.ts';
import type { LateResponse, ReadRowsRequest } from './read-api.ts';
import { batchesFrom, type ReadStream } from './read-session.ts';
import { rowCountAppendix, schemaAppendix } from './rows-response.ts';
import { RefusedError } from './statuses.ts';
import type { RowRange } from './table-content.ts';

export interface StreamSenderOptions {
  readonly call: ServerWritableStream<ReadRowsRequest, LateResponse>;
  readonly stream: ReadStream;
  readonly plan: FaultPlan;
  readonly counters: Counters;
}

export class StreamSender {
  readonly #call: StreamSenderOptions['call'];
  readonly #stream: ReadStream;
  readonly #plan: FaultPlan;
  readonly #counters: Counters;
  readonly #gone = new AbortController();
  /** Rows of the stream before the next batch. */
  #row = 0;

  constructor({ call, stream, plan, counters }: StreamSenderOptions) {
    this.#call = call;
    this.#stream = stream;
    this.#plan = plan;
    this.#counters = counters;
    call.on('cancelled', () => {
      // grpc-js says so at the end of every call.
      if (!call.writableEnded) counters.add('streamsCancelled', 1);
      this.#gone.abort();
    });
  }

  /** Sends what is to be sent. Throws RefusedError where the stream is to end with a status; `reset`: the caller must. */
  async send(offset: number): Promise<'ended' | 'reset'> {
    const { failure, latencyMs, rowsPerSecond } = this.#plan;
    if (offset > this.#stream.rowCount) throw new RefusedError({ code: 'OUT_OF_RANGE' });
    if (latencyMs > 0) await this.#pause(latencyMs);
    this.#row = offset;
    const batches = batchesFrom(this.#stream, offset);
    const goodBatches = failure === undefined ? Infinity : (failure.afterBatches ?? 0);
    const start = performance.now();
    for (const [index, batch] of batches.slice(0, goodBatches).entries()) {
      await this.#write(batch, index === 0);
      if (this.#gone.signal.aborted) return 'ended';
      // A stream that began is never ahead of its pace.
      const dueMs = ((this.#row - offset) / rowsPerSecond) * 1000;
      await this.#pause(dueMs - (performance.now() - start));
    }
    return goodBatches <= batches.length ? this.#fail() : this.#end();
  }

  #end(): 'ended' {
    this.#call.end();
    return 'ended';
  }

  #fail(): 'ended' | 'reset' {
    const { failure } = this.#plan;
    if (failure?.kind === 'refuse') throw new RefusedError(failure);
    if (failure?.kind === 'reset') return 'reset';
    // A stalled call stays open until its reader or the server goes away.
    return failure?.kind === 'stall' ? 'ended' : this.#end();
  }

  /** Resolves when the batch has left for the socket, which waits for the reader's flow control, or the reader is gone. */
  async #write(batch: RowRange, isFirst: boolean): Promise<void> {
    const before = this.#row;
    this.#row += batch.to - batch.from;
    const response: LateResponse = () => this.#bytesOf(batch, { before, isFirst });
    const { signal } = this.#gone;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done);
        resolve();
      };
      signal.addEventListener('abort', done);
      this.#call.write(response, done);
    });
  }

  #bytesOf(batch: RowRange, { before, isFirst }: { readonly before: number; readonly isFirst: boolean }): Buffer {
    const { content, fields, rowCount, isCompressed } = this.#stream;
    const response = content.response(fields, batch);
    response.setProgress(before / rowCount, (before + response.rowCount) / rowCount);
    const { rowCountError } = this.#plan;
    const appendices = [
      ...(isFirst ? [schemaAppendix(schemaMessage(arrowSchema(fields)))] : []),
      ...(rowCountError === 0 ? [] : [rowCountAppendix(response.rowCount + rowCountError)]),
    ];
    const whole = isCompressed ? compressedResponse(response) : response.bytes;
    const bytes = appendices.length === 0 ? whole : Buffer.concat([whole, ...appendices]);
    this.#counters.add('rowsStreamed', response.rowCount);
    this.#counters.add('batchesStreamed', 1);
    this.#counters.add('bytesStreamed', bytes.length);
    return bytes;
  }

  async #pause(ms: number): Promise<void> {
    if (!(ms >= 1)) return;
    try {
      await sleep(ms, undefined, { signal: this.#gone.signal });
    } catch {
      // The reader is gone: the next write tells.
    }
  }
}
