/** Rows of a running query, chunk by chunk. */
import type { DuckDBResult, DuckDBType } from '@duckdb/node-api';
import type { ColumnBatch } from '../../domain/column-batch.ts';
import type { Lease } from './database.ts';
import { readChunk } from './read-chunk.ts';

export interface BatchRequest {
  readonly lease: Lease;
  readonly start: () => Promise<DuckDBResult>;
  readonly types: readonly DuckDBType[];
  /** Makes the error to throw from that of DuckDB. */
  readonly failed: (error: unknown) => Error;
  /** Interrupts the query. */
  readonly signal: AbortSignal;
}

export async function* readBatches({ lease, start, types, failed, signal }: BatchRequest): AsyncGenerator<ColumnBatch> {
  let settled = (): void => undefined;
  const interrupt = (): void => {
    settled = lease.interrupt();
  };
  signal.throwIfAborted();
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    const result = await start();
    for (;;) {
      signal.throwIfAborted();
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      yield readChunk(chunk, types);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw failed(error);
  } finally {
    signal.removeEventListener('abort', interrupt);
    settled();
  }
}
