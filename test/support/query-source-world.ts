/** What the contract of a query source needs to be run on one. */
import type { MemoryRow } from '../../src/adapters/memory/query-rows.ts';
import type { Column } from '../../src/domain/column-type.ts';
import { queryParameters, type QueriedExperiment } from '../../src/domain/query-export/built-in-parameters.ts';
import type { QueryParameters } from '../../src/domain/query-export/query-parameter.ts';
import type { OrderedSelection, OrderTerm, TableSelection } from '../../src/domain/query-export/selection.ts';
import type { QueryRequest, QuerySource } from '../../src/ports/query-source.ts';
import type { Row } from './column-batches.ts';
import { encodedRows } from './read-table.ts';

export interface QuerySourceWorld {
  readonly source: QuerySource;
  /** Makes a table of the dataset `live`. Times are texts as BigQuery writes them. */
  readonly put: (table: string, columns: readonly Column[], rows: readonly Row[]) => Promise<void>;
  /** A table of that dataset as a name in SQL. */
  readonly pathOf: (table: string) => string;
  /** Whether an array has a value, in the SQL of the source. */
  readonly isAmong: (value: string, array: string) => string;
  /** Says what a SELECT gives, where the source cannot run SQL. */
  readonly knowSql?: (
    sql: string,
    columns: readonly Column[],
    rows: (parameters: QueryParameters) => MemoryRow[],
  ) => void;
}

export const PROJECT = 'my-project';
export const LIVE = 'live';
export const TICK = Date.parse('2026-01-31T12:00:00Z');
export const LIVE_COLUMNS: readonly Column[] = [
  { name: 'experiment', type: { kind: 'string' } },
  { name: 'branch', type: { kind: 'string' } },
  { name: 'value', type: { kind: 'int64' } },
  { name: 'time', type: { kind: 'timestamp' } },
];
export const COLUMN_NAMES: readonly string[] = LIVE_COLUMNS.map(({ name }) => name);

export const STEP = { column: 'time', fineMs: 300_000, coarseMs: 1_800_000, afterDays: 14 } as const;
export const PER = ['experiment', 'branch'] as const;

/** A selection from the table `t`. */
export function fromTable(changes: Partial<TableSelection> = {}): TableSelection {
  return {
    kind: 'table',
    table: { project: PROJECT, dataset: LIVE, table: 't' },
    columns: COLUMN_NAMES,
    experimentColumn: 'experiment',
    experiments: 'none',
    ...changes,
  };
}

/** `['time desc', 'branch']` as terms. */
export function orderOf(...terms: readonly string[]): OrderTerm[] {
  return terms.map((term) => ({ column: term.replace(/ desc$/, ''), isDescending: term.endsWith(' desc') }));
}

export interface Asked {
  readonly query: OrderedSelection;
  readonly experiments?: readonly QueriedExperiment[];
  readonly experiment?: QueriedExperiment;
  readonly parameters?: QueryParameters;
  readonly changes?: Partial<QueryRequest>;
}

export function requestOf({ query, experiments = [], experiment, parameters = {}, changes = {} }: Asked): QueryRequest {
  const facts = { tick: TICK, experiments, ...(experiment === undefined ? {} : { experiment }) };
  return {
    name: 'live',
    query,
    parameters: queryParameters({ parameters, date: 'before' }, facts),
    maximumBytesBilled: 10e9,
    timeoutMs: 600_000,
    signal: new AbortController().signal,
    ...changes,
  };
}

/** All rows of a query, as a file would have them. */
export async function rowsOf(source: QuerySource, asked: Asked): Promise<Record<string, unknown>[]> {
  const open = await source.open(requestOf(asked));
  try {
    return await encodedRows(open);
  } finally {
    await open.close();
  }
}

/** A selection of SQL. */
export function fromSql(sql: string, ...order: readonly string[]): OrderedSelection {
  return { from: { kind: 'sql', sql }, order: orderOf(...order) };
}
