/** Pages of rows for tabledata.list and query results. */
import type { Counters } from './counters.ts';
import type { FaultPlan } from './faults.ts';
import { restRows, type RestRow } from './rest-rows.ts';
import { RefusedError } from './statuses.ts';
import type { TableContent } from './table-content.ts';

export interface RowPage {
  readonly totalRows: string;
  readonly rows: readonly RestRow[];
  readonly pageToken: string | undefined;
}

const TOKEN = /^replay-(\d+)$/;

export class RowPages {
  readonly #counters: Counters;
  readonly #mostRows: number;

  /** No page has more rows than `mostRows`, as the service's 10 MB limit has it. */
  constructor(counters: Counters, mostRows: number) {
    this.#counters = counters;
    this.#mostRows = mostRows;
  }

  /** The page that `maxResults`, `pageToken`, `startIndex` and `formatOptions.useInt64Timestamp` ask for. */
  page(content: TableContent, query: URLSearchParams, { rowCountError }: FaultPlan): RowPage {
    const from = Math.min(content.rowCount, startOf(query));
    const wanted = Number(query.get('maxResults') ?? this.#mostRows);
    const to = Math.min(content.rowCount, from + Math.min(wanted, this.#mostRows));
    const useInt64Timestamp = query.get('formatOptions.useInt64Timestamp') === 'true';
    const rows = restRows(content.fields, content.columns(content.fields, { from, to }), { useInt64Timestamp });
    this.#counters.add('rowsReplied', rows.length);
    return {
      totalRows: String(content.rowCount + rowCountError),
      rows,
      pageToken: to < content.rowCount ? `replay-${to}` : undefined,
    };
  }
}

function startOf(query: URLSearchParams): number {
  const token = query.get('pageToken');
  if (token === null) return Number(query.get('startIndex') ?? 0);
  const [, row] = TOKEN.exec(token) ?? [];
  if (row === undefined) throw new RefusedError({ code: 'INVALID_ARGUMENT', message: 'Invalid page token.' });
  return Number(row);
}
