/** Rows for the monitoring tables, kept in memory. */
import { ContrailError } from '../../domain/errors.ts';
import type { JsonValue } from '../../domain/json-value.ts';
import { MONITORING_LAYOUTS, MONITORING_TABLES } from '../../domain/monitoring-tables.ts';
import { wellFormedRow } from '../../domain/well-formed.ts';
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

  has({ id }: Pick<RecordBatch, 'id' | 'table'>, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.reject(signal.reason);
    return Promise.resolve(this.#ids.has(id));
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
    const problem = batch.rows.map((row) => problemOf(batch.table, row)).find((text) => text !== undefined);
    if (problem !== undefined) {
      return Promise.reject(new ContrailError('RECORDS_REFUSED', `Writing to ${batch.table} failed: ${problem}`));
    }
    this.#ids.add(batch.id);
    this.#tables.set(batch.table, [...kept(), ...batch.rows.map(wellFormedRow)]);
    return Promise.resolve('written');
  }
}

/** What a warehouse would say of a value that is missing, no time or no whole number where its column needs one. */
function problemOf(table: string, row: RecordRow): string | undefined {
  for (const { name, type, mode } of MONITORING_TABLES.get(table) ?? []) {
    const value = row[name];
    if (value === undefined || value === null) {
      if (mode === 'REQUIRED') return `${name} is missing`;
      continue;
    }
    const isTime = typeof value === 'string' && !Number.isNaN(Date.parse(value));
    if (type === 'TIMESTAMP' && !isTime) return `${name} is no time`;
    if (type === 'INT64' && !Number.isInteger(Number(value))) return `${name} is no whole number`;
  }
  return undefined;
}
