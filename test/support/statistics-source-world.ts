/** What the contract of a statistics source needs to be run on one. */
import type { Column } from '../../src/domain/column-type.ts';
import type { OpenTable, StatisticsSource } from '../../src/ports/statistics-source.ts';
import type { Row } from './column-batches.ts';

export interface StatisticsSourceWorld {
  readonly source: StatisticsSource;
  /** Makes a table, or replaces it as a change of its content. Rows come in any order. */
  readonly put: (table: string, columns: readonly Column[], rows: readonly Row[]) => Promise<void>;
  /** Describes a table, as the analysis does with its exact slug. */
  readonly comment?: (table: string, description: string) => Promise<void>;
  /** Makes a view of a table. */
  readonly putView: (view: string, table: string) => Promise<void>;
  /** Makes a view or table whose reading fails. */
  readonly putBroken: (table: string) => Promise<void>;
  /** Makes a table with the column `odd` of a type that has no place in the format, and says how the source calls the type. */
  readonly putUnsupported?: (table: string) => Promise<string>;
}

export const TABLE = 'statistics_x_weekly';

/** A table that must be there, opened. */
export async function openTable(source: StatisticsSource, table = TABLE): Promise<OpenTable> {
  const open = await source.open({ table, signal: new AbortController().signal });
  if (open === undefined) throw new Error(`no table ${table}`);
  return open;
}
