/** The warehouse as a place to run configured queries. They only read, in every adapter. */
import type { Column } from '../domain/column-type.ts';
import type { ColumnBatch } from '../domain/column-batch.ts';
import type { QueryParameters } from '../domain/query-export/query-parameter.ts';
import type { OrderedSelection } from '../domain/query-export/selection.ts';
import type { SourceUsage } from './statistics-source.ts';

export interface QueryRequest {
  /** Name of the query, for messages. */
  readonly name: string;
  readonly query: OrderedSelection;
  /** May hold more than the query uses. One that it uses but that is missing throws QUERY_FAILED. */
  readonly parameters: QueryParameters;
  /** Job labels, for billing. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly maximumBytesBilled: number;
  /** Limit for the query and for reading its rows together. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface QueryCheck {
  /** The SQL as the warehouse would run it. */
  readonly sql: string;
  readonly columns: readonly Column[];
  /** Bytes that the query would be billed for; absent if the warehouse charges nothing. */
  readonly estimatedBytes?: number;
}

/** Must be closed; closing twice is harmless. */
export interface OpenQuery {
  readonly columns: readonly Column[];
  /** How many rows there are, if the warehouse knows before they are read. */
  readonly rowCount?: number;
  /**
   * The rows in the order of the query, in one pass. A batch is read on request and belongs to the caller. An abort rejects
   * the pending `next()`; throws QUERY_LIMIT after `timeoutMs`.
   */
  batches(signal: AbortSignal): AsyncIterable<ColumnBatch>;
  /** The cost so far; complete after closing. */
  usage(): SourceUsage;
  close(): Promise<void>;
}

export interface QuerySource {
  /** The source for messages: `duckdb:./x.duckdb`, `bigquery://project`. */
  readonly url: string;
  /**
   * Checks a query without running it: one SELECT that reads only (else QUERY_REFUSED), all names known (QUERY_FAILED), the
   * estimate within `maximumBytesBilled` (COST_LIMIT), columns of types that the format can hold (COLUMN_TYPE_UNSUPPORTED),
   * and those of the order among them (QUERY_FAILED).
   */
  check(request: QueryRequest): Promise<QueryCheck>;
  /** Runs a query. Whatever this process has not yet checked in the same words is checked first. */
  open(request: QueryRequest): Promise<OpenQuery>;
}
