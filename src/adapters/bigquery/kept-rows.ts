/**
 * The newest answer of one query over one table, which holds until the table changes. Looking at the table is free, a query
 * is billed, and scans ask the same every minute.
 */
import type { TableReply } from './query-replies.ts';

type Rows = readonly (readonly (string | null)[])[];

interface KeptAnswer {
  readonly sql: string;
  readonly state: string;
  readonly rows: Rows;
}

/** A larger answer would take too much memory. */
const MOST_ROWS = 100_000;

export interface KeptRowsRequest {
  readonly sql: string;
  /** Gives undefined if there is no table. */
  readonly look: () => Promise<TableReply | undefined>;
  readonly query: () => Promise<Rows>;
}

export class KeptRows {
  #kept: KeptAnswer | undefined;

  /** None without a table. The table is looked at first, so an answer is never older than what is known of the table. */
  async rows({ sql, look, query }: KeptRowsRequest): Promise<Rows> {
    const table = await look();
    if (table === undefined) return [];
    const state = stateOf(table);
    const kept = this.#kept;
    if (state !== undefined && kept?.sql === sql && kept.state === state) return kept.rows;
    const rows = await query();
    this.#kept = state === undefined || rows.length > MOST_ROWS ? undefined : { sql, state, rows };
    return rows;
  }
}

/** Undefined where it is no proof: rows that are streamed in show in the time of change only later. */
function stateOf({ lastModifiedTime, numRows, numBytes, streamingBuffer }: TableReply): string | undefined {
  if (lastModifiedTime === undefined || streamingBuffer !== undefined) return undefined;
  return [lastModifiedTime, numRows, numBytes].join(' ');
}
