/** Rows for the monitoring tables, kept in memory. */
import type { RecordBatch, RecordRow, RecordSink } from '../../ports/record-sink.ts';

export class MemoryRecordSink implements RecordSink {
  readonly #tables = new Map<string, RecordRow[]>();
  readonly #ids = new Set<string>();

  append(batch: RecordBatch, signal: AbortSignal): Promise<'written' | 'known'> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#ids.has(batch.id)) return Promise.resolve('known');
    this.#ids.add(batch.id);
    this.#tables.set(batch.table, [...this.rows(batch.table), ...batch.rows]);
    return Promise.resolve('written');
  }

  loggedExperiments(signal: AbortSignal): Promise<string[]> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const slugs = this.rows('logs').flatMap((row) =>
      typeof row['experiment'] === 'string' ? [row['experiment']] : [],
    );
    return Promise.resolve([...new Set(slugs)].sort());
  }

  /** All rows of a table, in the order in which they came. */
  rows(table: string): readonly RecordRow[] {
    return this.#tables.get(table) ?? [];
  }
}
