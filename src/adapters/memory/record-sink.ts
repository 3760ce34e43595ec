/** Rows for the monitoring tables, kept in memory. */
import type { JsonValue } from '../../domain/json-value.ts';
import { MONITORING_LAYOUTS } from '../../domain/monitoring-tables.ts';
import type { RecordBatch, RecordRow, RecordSink, TableReplacement } from '../../ports/record-sink.ts';

export class MemoryRecordSink implements RecordSink {
  readonly #tables = new Map<string, RecordRow[]>();
  readonly #ids = new Set<string>();

  append(batch: RecordBatch, signal: AbortSignal): Promise<'written' | 'known'> {
    return this.#write(batch, signal, () => this.rows(batch.table));
  }

  replace(replacement: TableReplacement, signal: AbortSignal): Promise<'written' | 'known'> {
    const { table, partition } = replacement;
    return this.#write(replacement, signal, () => {
      if (partition === undefined) return [];
      const column = MONITORING_LAYOUTS.get(table)?.partitionBy ?? '';
      const isOfDay = (value: JsonValue | undefined) => typeof value === 'string' && value.startsWith(partition);
      return this.rows(table).filter((row) => !isOfDay(row[column]));
    });
  }

  hasRows(table: string, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.reject(signal.reason);
    return Promise.resolve(this.rows(table).length > 0);
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

  #write(batch: RecordBatch, signal: AbortSignal, kept: () => readonly RecordRow[]): Promise<'written' | 'known'> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#ids.has(batch.id)) return Promise.resolve('known');
    this.#ids.add(batch.id);
    this.#tables.set(batch.table, [...kept(), ...batch.rows]);
    return Promise.resolve('written');
  }
}
