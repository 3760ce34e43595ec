/** Opened tables: rows from a reply, or rows streamed from stored tables, slice after slice. */
import type { ColumnBatch } from '../../domain/column-batch.ts';
import { type Column, columnTypeName } from '../../domain/column-type.ts';
import { ContrailError } from '../../domain/errors.ts';
import type { SourceVersion } from '../../domain/source-version.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import type { SharedLimit } from '../../ports/shared-limit.ts';
import type { OpenTable, RowOrder } from '../../ports/statistics-source.ts';
import { broken } from './arrow-messages.ts';
import { arrowColumns } from './column-types.ts';
import type { Slice } from './divide-table.ts';
import { readStream } from './read-stream.ts';
import { restRows } from './rest-rows.ts';
import type { TableName } from './sql.ts';
import type { Session, StorageClient } from './storage-client.ts';
import type { UsageMeter } from './usage-meter.ts';
import { type Act, ServiceRefusal, toRefusal, translate } from './vendor-errors.ts';

/** What is known of rows before they are read. */
export interface RowsHead {
  /** For messages. */
  readonly source: string;
  readonly columns: readonly Column[];
  readonly rowCount: number;
  readonly meter: UsageMeter;
}

/** What is known of a table before its rows are read. */
export interface TableHead extends RowsHead {
  readonly version: SourceVersion;
  readonly order: RowOrder;
}

/** Rows that can be read, with what is known of them. */
export type OpenRows<Head extends RowsHead> = Omit<Head, 'meter'> & Pick<OpenTable, 'batches' | 'usage' | 'close'>;

/** Rows of a reply are passed on in pieces, so that encoding and writing alternate. */
const BATCH_ROWS = 2_000;

/** A table whose rows are all in memory. */
export function replyTable<Head extends RowsHead>(head: Head, rows: readonly unknown[]): OpenRows<Head> {
  return openTable(head, undefined, async function* (signal) {
    for (let start = 0; start < rows.length; start += BATCH_ROWS) {
      await Promise.resolve();
      signal.throwIfAborted();
      yield restRows(head.columns, rows.slice(start, start + BATCH_ROWS));
    }
  });
}

export interface StoredRows {
  readonly client: StorageClient;
  readonly table: TableName;
  readonly snapshotAt?: number;
  readonly slices: readonly Slice[];
  /** Few tables are streamed at once, because each takes tens of megabytes. */
  readonly turns: SharedLimit;
  readonly stallTimeoutMs: number;
  /** Time limit for reading, milliseconds. */
  readonly deadlineMs: number;
  readonly act: Act;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** A table whose rows are streamed. Its first session must be open, because it has the columns. */
export function storedTable<Head extends RowsHead>(head: Head, stored: StoredRows, first: Session): OpenRows<Head> {
  return openTable(head, stored, async function* (signal) {
    for (const [index, slice] of stored.slices.entries()) {
      const session = index === 0 ? first : await openSession(stored, slice, head.meter, signal);
      checkColumns(head.columns, session);
      if (session.stream === undefined) {
        if (slice.rows === 0) continue;
        throw broken(`a table of ${slice.rows} rows has no stream`);
      }
      const { client, stallTimeoutMs, clock, random, log } = stored;
      const request = { client, stallTimeoutMs, clock, random, log, stream: session.stream, rowCount: slice.rows };
      yield* readStream({ ...request, columns: head.columns, meter: head.meter, signal });
    }
  });
}

/** Opens a read session on a slice. */
export function openSession(
  stored: StoredRows,
  slice: Slice,
  meter: UsageMeter,
  signal: AbortSignal,
): Promise<Session> {
  const { client, table, snapshotAt } = stored;
  return client.createSession({
    table,
    meter,
    signal,
    ...(slice.restriction === undefined ? {} : { restriction: slice.restriction }),
    ...(snapshotAt === undefined ? {} : { snapshotAt }),
  });
}

/** Wraps the rows of a source: ends them when the table is closed or the deadline is over, and translates errors. */
function openTable<Head extends RowsHead>(
  { meter, ...head }: Head,
  stored: StoredRows | undefined,
  read: (signal: AbortSignal) => AsyncGenerator<ColumnBatch>,
): OpenRows<Head> {
  const closing = new AbortController();
  const act = stored?.act ?? {
    doing: `Reading ${head.source}`,
    subject: head.source,
    permission: 'bigquery.jobs.create',
  };
  return {
    ...head,
    usage: () => meter.read(),
    close: () => {
      closing.abort(new ContrailError('ABORTED', `${head.source} was closed.`));
      return Promise.resolve();
    },
    async *batches(signal) {
      const end = AbortSignal.any([signal, closing.signal]);
      let endTurn: (() => void) | undefined;
      try {
        endTurn = await stored?.turns.acquire(end);
        // Waiting for a turn does not count as reading.
        const limits = stored === undefined ? [] : [stored.clock.timeout(stored.deadlineMs)];
        yield* read(AbortSignal.any([end, ...limits]));
      } catch (error) {
        signal.throwIfAborted();
        throw gone(error, head.source) ?? translate(act, error);
      } finally {
        endTurn?.();
      }
    },
  };
}

/** The rows of a part are gone. */
export function gone(error: unknown, source: string): ContrailError | undefined {
  const refusal = error instanceof ServiceRefusal ? error : toRefusal(error);
  if (refusal?.reason !== 'NOT_FOUND' && !tellsOfExpiry(refusal?.message ?? '')) return undefined;
  return new ContrailError('SOURCE_CHANGED', `A part of ${source} is gone: ${refusal?.message}`, {
    subject: source,
    cause: error,
  });
}

function tellsOfExpiry(message: string): boolean {
  const text = message.toLowerCase();
  const session = text.indexOf('session');
  return session !== -1 && text.includes('expired', session);
}

function checkColumns(columns: readonly Column[], session: Session): void {
  const shape = (list: readonly Column[]): string =>
    list.map((column) => `${column.name} ${columnTypeName(column.type)}`).join(', ');
  const found = arrowColumns(session.fields);
  if (shape(found) !== shape(columns)) throw broken(`its columns are (${shape(found)}), not (${shape(columns)})`);
}
