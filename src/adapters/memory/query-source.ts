/** Configured queries on tables in memory, for tests. Queries of SQL have the answers that were set for their text. */
import type { Column } from '../../domain/column-type.ts';
import { ContrailError } from '../../domain/errors.ts';
import {
  checkColumnNames,
  queryFailed,
  queryRefused,
  queryTooLarge,
  queryTooSlow,
} from '../../domain/query-export/query-errors.ts';
import type { QueryParameters } from '../../domain/query-export/query-parameter.ts';
import { readSql } from '../../domain/query-export/sql-text.ts';
import type { Clock } from '../../ports/clock.ts';
import type { OpenQuery, QueryCheck, QueryRequest, QuerySource } from '../../ports/query-source.ts';
import { type MemoryRow, orderRows, selectRows } from './query-rows.ts';
import { batchOfRows } from './row-batch.ts';

export interface MemoryQueryTable {
  readonly columns: readonly Column[];
  readonly rows: readonly MemoryRow[];
}

/** What a query of SQL gives; its rows come in any order. */
export interface MemoryAnswer {
  readonly columns: readonly Column[];
  readonly rows: (parameters: QueryParameters) => readonly MemoryRow[];
}

const ROWS_PER_BATCH = 2_000;

export class MemoryQuerySource implements QuerySource {
  readonly url = 'memory:';
  readonly #clock: Clock;
  readonly #tables = new Map<string, MemoryQueryTable>();
  readonly #answers = new Map<string, MemoryAnswer>();
  /** What every query is estimated to read. */
  estimatedBytes = 0;
  /** Names of the queries that were opened, in that order. */
  readonly opened: string[] = [];

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  /** Creates or replaces a table, `dataset.table`. */
  setTable(name: string, table: MemoryQueryTable): void {
    this.#tables.set(name, table);
  }

  /** Sets what a SELECT gives. */
  setAnswer(sql: string, answer: MemoryAnswer): void {
    this.#answers.set(sql, answer);
  }

  check(request: QueryRequest): Promise<QueryCheck> {
    return Promise.resolve().then(() => this.#check(request));
  }

  async open(request: QueryRequest): Promise<OpenQuery> {
    const { columns } = await this.check(request);
    const limit = this.#clock.timeout(request.timeoutMs);
    const rows = orderRows(this.#rowsOf(request), request.query.order);
    this.opened.push(request.name);
    let isClosed = false;
    const checkOpen = (signal: AbortSignal): void => {
      signal.throwIfAborted();
      if (limit.aborted) throw queryTooSlow(request.name, request.timeoutMs);
      if (isClosed) throw new ContrailError('ABORTED', `The query ${request.name} was closed.`);
    };
    return {
      columns,
      rowCount: rows.length,
      async *batches(signal) {
        for (let start = 0; start < rows.length; start += ROWS_PER_BATCH) {
          await Promise.resolve();
          checkOpen(signal);
          yield batchOfRows(columns, rows.slice(start, start + ROWS_PER_BATCH));
        }
        checkOpen(signal);
      },
      usage: () => ({ requests: 0, bytesRead: 0, bytesBilled: this.estimatedBytes, slotMs: 0, queryMs: 0 }),
      close: () => {
        isClosed = true;
        return Promise.resolve();
      },
    };
  }

  #check({ name, query, maximumBytesBilled, signal }: QueryRequest): QueryCheck {
    signal.throwIfAborted();
    const { from, order } = query;
    const columns = from.kind === 'sql' ? this.#answerTo(name, from.sql).columns : this.#columnsOf(name, from);
    checkColumnNames(name, columns, order);
    if (this.estimatedBytes > maximumBytesBilled) throw queryTooLarge(name, this.estimatedBytes, maximumBytesBilled);
    const sql = from.kind === 'sql' ? from.sql : `${from.columns.join(', ')} of ${from.table.table}`;
    return { sql, columns, estimatedBytes: this.estimatedBytes };
  }

  #rowsOf({ name, query, parameters }: QueryRequest): readonly MemoryRow[] {
    const { from } = query;
    if (from.kind === 'sql') return this.#answerTo(name, from.sql).rows(parameters);
    return selectRows(this.#tableOf(name, from.table).rows, from, parameters);
  }

  #columnsOf(name: string, { table, columns }: { table: TableName; columns: readonly string[] }): Column[] {
    const known = this.#tableOf(name, table).columns;
    return columns.map((column) => {
      const found = known.find((each) => each.name === column);
      if (found === undefined) throw queryFailed(name, `the table ${table.table} has no column ${column}.`);
      return found;
    });
  }

  #tableOf(name: string, { dataset, table }: TableName): MemoryQueryTable {
    const found = this.#tables.get(`${dataset}.${table}`);
    if (found === undefined) throw queryFailed(name, `there is no table ${dataset}.${table}.`);
    return found;
  }

  #answerTo(name: string, sql: string): MemoryAnswer {
    const { firstWord, hasMore } = readSql(sql, 'duckdb');
    if (hasMore || !['SELECT', 'WITH'].includes(firstWord)) throw queryRefused(name, 'it is not one SELECT');
    const answer = this.#answers.get(sql);
    if (answer === undefined) throw queryFailed(name, 'nothing is known of what its SQL gives.');
    return answer;
  }
}

interface TableName {
  readonly dataset: string;
  readonly table: string;
}
