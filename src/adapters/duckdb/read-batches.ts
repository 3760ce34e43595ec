/** Rows of a running query, chunk by chunk. */
import type { DuckDBConnection, DuckDBResult, DuckDBType } from '@duckdb/node-api';
import type { ColumnBatch } from '../../domain/column-batch.ts';
import { readChunk } from './read-chunk.ts';

export interface BatchRequest {
  readonly connection: DuckDBConnection;
  readonly start: () => Promise<DuckDBResult>;
  readonly types: readonly DuckDBType[];
  /** Makes the error to throw from that of DuckDB. */
  readonly failed: (error: unknown) => Error;
  /** Interrupts the query. */
  readonly signal: AbortSignal;
}

export async function* readBatches({
  connection,
  start,
  types,
  failed,
  signal,
}: BatchRequest): AsyncGenerator<ColumnBatch> {
  const interrupt = (): void => connection.interrupt();
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
  }
}
