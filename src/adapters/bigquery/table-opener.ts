/** Opens tables and views: sorted by a query if BigQuery can sort them, else in slices of the stored rows (ADR 10). */
import type { SourceVersion } from '../../domain/source-version.ts';
import type { DividedTable, OpenTable, TablePart } from '../../ports/statistics-source.ts';
import type { SharedLimit } from '../../ports/shared-limit.ts';
import type { Catalog } from './catalog.ts';
import { arrowColumns } from './column-types.ts';
import { type DescribedTable, withVersion } from './describe-tables.ts';
import { partsOf, type Slice } from './divide-table.ts';
import { type Division, divideRows } from './division.ts';
import type { BigQueryOptions } from './options.ts';
import { parsePartToken, type PartToken } from './part-token.ts';
import type { QueryRunner } from './query.ts';
import { querySorted, type SortedRows } from './sorted-query.ts';
import { type DatasetName, type TableName, tableText } from './sql.ts';
import type { StorageClient } from './storage-client.ts';
import { gone, openSession, replyTable, storedTable, type StoredRows, type TableHead } from './table-reader.ts';
import { UsageMeter } from './usage-meter.ts';
import { ServiceRefusal, translate } from './vendor-errors.ts';

/** Minimum bytes billed for each table of a query. */
const LEAST_BILLED_BYTES = 10 * 1024 * 1024;
/** A view reads at most one table per day of an experiment. */
const MOST_WINDOWS = 400;

/** One task on a table: its cost, its labels, and its deadline. */
export interface Work {
  readonly name: TableName;
  readonly labels: Readonly<Record<string, string>>;
  readonly meter: UsageMeter;
  readonly signal: AbortSignal;
  /** By the monotonic clock. */
  readonly startedAt: number;
}

export interface OpenerDependencies extends Pick<BigQueryOptions, 'limits' | 'clock' | 'random' | 'log'> {
  readonly queries: QueryRunner;
  readonly catalog: Catalog;
  readonly storage: StorageClient;
  /** Whose turn it is to read a stream. */
  readonly turns: SharedLimit;
  /** Where the results are. */
  readonly dataset: DatasetName;
}

type Place = Pick<PartToken, 'table' | 'slices' | 'snapshotAt'>;

export class TableOpener {
  readonly #deps: OpenerDependencies;

  constructor(deps: OpenerDependencies) {
    this.#deps = deps;
  }

  /**
   * Opens a table of unknown size; undefined if there is none. A limit of bytes keeps this attempt from being expensive and
   * from sorting too much; for larger tables, `describe` is used first.
   */
  async openUnseen(
    work: Work,
    version: SourceVersion,
    describe: () => Promise<DescribedTable | undefined>,
  ): Promise<OpenTable | undefined> {
    const { maximumBytesBilled, veryLargeBytes, smallRows } = this.#deps.limits;
    const cap = Math.min(maximumBytesBilled, veryLargeBytes + MOST_WINDOWS * LEAST_BILLED_BYTES);
    try {
      return await this.#openSorted(work, version, { cap, rowsInReply: smallRows });
    } catch (error) {
      if (!isRefusal(error, 'bytesBilledLimitExceeded', 'resourcesExceeded')) throw error;
      const described = await describe();
      return described === undefined ? undefined : await this.openDescribed(work, withVersion(described, version));
    }
  }

  /** Opens a table of known size; undefined if it is gone. */
  async openDescribed(work: Work, described: DescribedTable): Promise<OpenTable | undefined> {
    const { maximumBytesBilled, smallRows } = this.#deps.limits;
    if (this.isVeryLarge(described)) return this.#openSliced(work, described);
    const isSmall = (described.source.rows ?? 0) <= smallRows;
    const query = { cap: maximumBytesBilled, rowsInReply: isSmall ? smallRows : 0 };
    try {
      return await this.#openSorted(work, described.source.version, query);
    } catch (error) {
      if (!isRefusal(error, 'resourcesExceeded')) throw error;
      return this.#openSliced(work, described);
    }
  }

  /** Divides a table; undefined if it is gone. */
  async divide(work: Work, described: DescribedTable): Promise<DividedTable | undefined> {
    const division = await this.#divide(work, described);
    if (division === undefined) return undefined;
    const { source, version, columns, rowCount, meter } = this.#headOf(
      work,
      division,
      described.source.version,
      'windows',
    );
    const parts = partsOf(division.slices, division.wantedRows).map((slices): TablePart => {
      const token: PartToken = { source, version, ...placeOf(division, slices) };
      return { token: JSON.stringify(token) };
    });
    const usage = () => meter.read();
    return { source, version, columns, rowCount, parts, usage, close: () => Promise.resolve() };
  }

  /** Opens a part in any process. Throws SOURCE_CHANGED if its rows are no longer stored. */
  async openPart(part: TablePart, signal: AbortSignal): Promise<OpenTable> {
    const { source, version, ...place } = parsePartToken(part.token, this.#deps.dataset);
    const meter = new UsageMeter();
    const stored = this.#storedRows(place, source);
    const startedAt = this.#deps.clock.monotonic();
    try {
      signal.throwIfAborted();
      const session = await openSession(stored, place.slices[0]!, meter, signal);
      meter.queryMs = this.#deps.clock.monotonic() - startedAt;
      const rowCount = place.slices.reduce((sum, slice) => sum + slice.rows, 0);
      const columns = arrowColumns(session.fields);
      const head: TableHead = { source, version, columns, rowCount, order: 'windows', meter };
      return storedTable(head, stored, session);
    } catch (error) {
      signal.throwIfAborted();
      throw gone(error, source) ?? translate(stored.act, error);
    }
  }

  /** Whether a table is too large to be sorted by BigQuery. */
  isVeryLarge({ source: { rows = 0, bytes = 0 } }: DescribedTable): boolean {
    const { veryLargeRows, veryLargeBytes } = this.#deps.limits;
    return rows > veryLargeRows || bytes > veryLargeBytes;
  }

  async #openSorted(
    work: Work,
    version: SourceVersion,
    query: { readonly cap: number; readonly rowsInReply: number },
  ): Promise<OpenTable | undefined> {
    const sorted = await querySorted(this.#deps.queries, work.name, {
      rowsInReply: query.rowsInReply,
      maximumBytesBilled: query.cap,
      labels: work.labels,
      meter: work.meter,
      signal: work.signal,
    });
    if (sorted === undefined) return undefined;
    const { result, columns } = sorted;
    const isWhole = result.rows.length === result.rowCount;
    const open = isWhole ? undefined : await this.#openResult(sorted, work);
    const head = this.#headOf(work, { columns, rowCount: result.rowCount }, version, 'key');
    return open === undefined ? replyTable(head, result.rows) : storedTable(head, open.stored, open.session);
  }

  /** The stored result of a query: sorted, and read as one stream, which keeps the order. */
  async #openResult({ result }: SortedRows, { name, meter, signal }: Work) {
    const table = await this.#deps.queries.destinationOf(result.job, meter, signal);
    const slice = { rows: result.rowCount };
    const stored = this.#storedRows({ table, slices: [slice] }, tableText(name));
    return { stored, session: await openSession(stored, slice, meter, signal) };
  }

  /** All slices of a very large table, one after another. */
  async #openSliced(work: Work, described: DescribedTable): Promise<OpenTable | undefined> {
    const division = await this.#divide(work, described);
    if (division === undefined) return undefined;
    const head = this.#headOf(work, division, described.source.version, 'windows');
    const [first] = division.slices;
    if (first === undefined) return replyTable(head, []);
    const stored = this.#storedRows(placeOf(division, division.slices), head.source);
    return storedTable(head, stored, await openSession(stored, first, work.meter, work.signal));
  }

  #divide(work: Work, { isView }: DescribedTable): Promise<Division | undefined> {
    const { limits, queries, catalog } = this.#deps;
    const { maximumBytesBilled, parts } = limits;
    return divideRows({ queries, catalog }, { ...work, isView, maximumBytesBilled, parts });
  }

  #headOf(
    { name, meter, startedAt }: Work,
    { columns, rowCount }: Pick<TableHead, 'columns' | 'rowCount'>,
    version: SourceVersion,
    order: TableHead['order'],
  ): TableHead {
    meter.queryMs = this.#deps.clock.monotonic() - startedAt;
    return { source: tableText(name), version, columns, rowCount, order, meter };
  }

  #storedRows(place: Place, source: string): StoredRows {
    const { limits, turns, clock, random, log, storage } = this.#deps;
    const act = { doing: `Reading ${source}`, subject: source, permission: 'bigquery.readsessions.create' };
    const { stallTimeoutMs, deadlineMs } = limits;
    return { ...place, client: storage, turns, stallTimeoutMs, deadlineMs, act, clock, random, log };
  }
}

function isRefusal(error: unknown, ...reasons: readonly string[]): boolean {
  return error instanceof ServiceRefusal && reasons.includes(error.reason);
}

function placeOf({ table, snapshotAt }: Division, slices: readonly Slice[]): Place {
  return { table, slices: [...slices], ...(snapshotAt === undefined ? {} : { snapshotAt }) };
}
