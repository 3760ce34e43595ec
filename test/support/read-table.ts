/** Reads tables to the end, as the file would have their rows. */
import type { ColumnBatch } from '../../src/domain/column-batch.ts';
import type { Column } from '../../src/domain/column-type.ts';
import { RowEncoder } from '../../src/workers/statistics/row-encoder.ts';

interface Readable {
  readonly columns: readonly Column[];
  batches(signal: AbortSignal): AsyncIterable<ColumnBatch>;
}

/** All rows of a table, each as the object that the file has. */
export async function encodedRows(table: Readable): Promise<Record<string, unknown>[]> {
  const encoder = new RowEncoder(table.columns);
  const rows: Record<string, unknown>[] = [];
  for await (const batch of table.batches(new AbortController().signal)) {
    const text = Buffer.from(encoder.encode(batch).bytes).toString('utf8');
    rows.push(...(JSON.parse(`[${text.slice(1)}]`) as Record<string, unknown>[]));
  }
  return rows;
}
