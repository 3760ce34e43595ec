/**
 * The contents of the results dataset: names, kinds, modification times, sizes. One query over `__TABLES__` returns all of
 * them, free of charge. The emulator has no `__TABLES__`: there, tables are listed and read one by one.
 */
import pMap from 'p-map';
import type { z } from 'zod';
import type { Log } from '../../ports/log.ts';
import type { ListedTable } from '../../ports/statistics-source.ts';
import { TableListReply, type TableReply } from './query-replies.ts';
import type { QueryRunner } from './query.ts';
import { readTable } from './read-table.ts';
import type { RestClient } from './rest-client.ts';
import { type DatasetName, identifier, type TableName, textLiteral } from './sql.ts';
import type { UsageMeter } from './usage-meter.ts';
import { isDatasetMissing, ServiceRefusal } from './vendor-errors.ts';
import { windowTablePrefix } from './view-tables.ts';

/** A listed table whose time and size are known; a view has no rows and bytes. */
export interface TableFacts extends ListedTable {
  readonly changedAt: number;
  readonly rows: number;
  readonly bytes: number;
}

export interface CatalogOptions {
  readonly rest: RestClient;
  readonly queries: QueryRunner;
  readonly dataset: DatasetName;
  readonly concurrency: number;
  readonly maximumBytesBilled: number;
  readonly log: Log;
}

export interface EntriesRequest {
  readonly meter: UsageMeter;
  readonly signal: AbortSignal;
  /** Only tables whose names begin so; if undefined, all. */
  readonly beginnings: readonly string[] | undefined;
}

/** Up to this many tables are requested by name. For more, requesting all is simpler and also one reply. */
const MOST_NAMED = 50;
const MOST_BEGINNINGS = 400;
const PAGE_ROWS = 1000;
/** Smaller numbers are seconds: as milliseconds this is 1973, as seconds the year 5138. */
const LEAST_MILLISECONDS = 1e11;
const VIEW = '2';

export class Catalog {
  readonly #options: CatalogOptions;
  #hasMetaTable = true;

  constructor(options: CatalogOptions) {
    this.#options = options;
  }

  /**
   * The wanted tables and views, with facts if they cost no further requests. A missing dataset is empty: perhaps no analysis has
   * run yet, or the settings are wrong, so it is logged.
   */
  async entries({ meter, signal, beginnings }: EntriesRequest): Promise<readonly ListedTable[]> {
    const isWanted = ({ name }: ListedTable): boolean =>
      beginnings?.some((beginning) => name.startsWith(beginning)) ?? true;
    const work = async (): Promise<readonly ListedTable[]> => {
      const isNarrow = beginnings !== undefined && beginnings.length <= MOST_BEGINNINGS;
      const where = isNarrow ? ` WHERE ${startingWith(beginnings.map(escaped))}` : '';
      const all = await this.#readMetaTable(where, meter, signal);
      return (all ?? (await this.#list(meter, signal))).filter(isWanted);
    };
    return this.#emptyWhereMissing(work, () => {
      const { dataset, log } = this.#options;
      log.warn(
        { ...dataset, setting: 'CONTRAIL_RESULTS_DATASET' },
        'the dataset does not exist, so it counts as empty',
      );
    });
  }

  /** Facts of these tables, and of all tables that their views may read, by their names. */
  async factsFor(names: readonly string[], meter: UsageMeter, signal: AbortSignal): Promise<readonly TableFacts[]> {
    return this.#emptyWhereMissing(async () => {
      const where = names.length > MOST_NAMED ? '' : ` WHERE ${condition(names)}`;
      const facts = await this.#readMetaTable(where, meter, signal);
      return facts ?? (await this.complete(await this.#list(meter, signal), names, meter, signal));
    });
  }

  /** The entries with their facts; if facts take a request each, only the entries for these names. */
  async complete(
    entries: readonly ListedTable[],
    names: readonly string[],
    meter: UsageMeter,
    signal: AbortSignal,
  ): Promise<readonly TableFacts[]> {
    const known = entries.filter(hasFacts);
    if (known.length === entries.length) return known;
    const wanted = new Set(names);
    const prefixes = names.flatMap((name) => windowTablePrefix(name) ?? []);
    const concerned = entries.filter(
      (entry) => wanted.has(entry.name) || prefixes.some((prefix) => entry.name.startsWith(prefix)),
    );
    const facts = await pMap(
      concerned,
      async (entry) => {
        if (hasFacts(entry)) return entry;
        const table = await this.table({ ...this.#options.dataset, table: entry.name }, meter, signal);
        return table === undefined ? undefined : factsOf(entry.name, table);
      },
      { concurrency: this.#options.concurrency },
    );
    return facts.filter((entry) => entry !== undefined);
  }

  /**
   * Facts of the tables of any dataset whose names begin so, from its listing. A request for the wildcard `x_*` itself would be
   * answered as if it were one table that changed just now.
   */
  async matching(
    dataset: DatasetName,
    prefix: string,
    meter: UsageMeter,
    signal: AbortSignal,
  ): Promise<readonly TableFacts[]> {
    const elsewhere = new Catalog({ ...this.#options, dataset });
    const entries = await elsewhere.#emptyWhereMissing(async () => {
      const where = ` WHERE ${startingWith([escaped(prefix)])}`;
      const found = await elsewhere.#readMetaTable(where, meter, signal);
      return (found ?? (await elsewhere.#list(meter, signal))).filter(({ name }) => name.startsWith(prefix));
    });
    const names = entries.map(({ name }) => name);
    return elsewhere.complete(entries, names, meter, signal);
  }

  async hasDataset(meter: UsageMeter, signal: AbortSignal): Promise<boolean> {
    const path = `/datasets/${encodeURIComponent(this.#options.dataset.dataset)}`;
    try {
      await this.#options.rest.request({ method: 'GET', path, isRepeatable: true, meter, signal });
      return true;
    } catch (error) {
      if (isDatasetMissing(error)) return false;
      throw error;
    }
  }

  /** What the service knows of one table in any dataset; undefined if it is missing. */
  async table(name: TableName, meter: UsageMeter, signal: AbortSignal): Promise<TableReply | undefined> {
    return readTable(name, { rest: this.#options.rest, meter, signal });
  }

  /** Throws the service's error if the dataset is missing, or not in the configured location. */
  async requireDataset(meter: UsageMeter, signal: AbortSignal): Promise<void> {
    const path = `/datasets/${encodeURIComponent(this.#options.dataset.dataset)}`;
    await this.#options.rest.request({ method: 'GET', path, isRepeatable: true, meter, signal });
  }

  /** Undefined if the service has no such table. */
  async #readMetaTable(where: string, meter: UsageMeter, signal: AbortSignal): Promise<TableFacts[] | undefined> {
    if (!this.#hasMetaTable) return undefined;
    const { project, dataset } = this.#options.dataset;
    const from = identifier(`${project}.${dataset}.__TABLES__`);
    const columns = 'table_id, type, creation_time, last_modified_time, row_count, size_bytes';
    try {
      const { rows } = await this.#options.queries.list({
        sql: `SELECT ${columns} FROM ${from}${where} ORDER BY table_id`,
        maximumBytesBilled: this.#options.maximumBytesBilled,
        labels: { application: 'contrail', product: 'discovery' },
        meter,
        signal,
      });
      return rows.map(([name, type, createdAt, changedAt, rowCount, bytes]) => ({
        name: name ?? '',
        kind: type === VIEW ? 'view' : 'table',
        createdAt: millisecondsOf(Number(createdAt)),
        changedAt: millisecondsOf(Number(changedAt)),
        rows: Number(rowCount ?? 0),
        bytes: Number(bytes ?? 0),
      }));
    } catch (error) {
      if (!(error instanceof ServiceRefusal) || !/not found.*__TABLES__/i.test(error.message)) throw error;
      this.#hasMetaTable = false;
      return undefined;
    }
  }

  async #list(meter: UsageMeter, signal: AbortSignal): Promise<ListedTable[]> {
    const path = `/datasets/${encodeURIComponent(this.#options.dataset.dataset)}/tables`;
    const entries: ListedTable[] = [];
    let page: z.infer<typeof TableListReply> | undefined;
    do {
      const query = { maxResults: PAGE_ROWS, pageToken: page?.nextPageToken };
      page = TableListReply.parse(
        await this.#options.rest.request({ method: 'GET', path, query, isRepeatable: true, meter, signal }),
      );
      entries.push(
        ...page.tables.map(({ tableReference, type }) => ({ name: tableReference.tableId, kind: kindOf(type) })),
      );
    } while (page.nextPageToken !== undefined && page.nextPageToken !== '');
    return entries;
  }

  async #emptyWhereMissing<T>(work: () => Promise<readonly T[]>, tell?: () => void): Promise<readonly T[]> {
    try {
      return await work();
    } catch (error) {
      if (!isDatasetMissing(error)) throw error;
      tell?.();
      return [];
    }
  }
}

function hasFacts(entry: ListedTable): entry is TableFacts {
  return entry.changedAt !== undefined && entry.rows !== undefined && entry.bytes !== undefined;
}

function kindOf(type: string): ListedTable['kind'] {
  return type === 'VIEW' ? 'view' : 'table';
}

/** Matches these tables and those that their views may read. */
function condition(names: readonly string[]): string {
  const patterns = names.flatMap((name) => {
    const prefix = windowTablePrefix(name);
    return [`${escaped(name)}$`, ...(prefix === undefined ? [] : [escaped(prefix)])];
  });
  return startingWith(patterns);
}

function startingWith(patterns: readonly string[]): string {
  return `REGEXP_CONTAINS(table_id, ${textLiteral(`^(?:${patterns.join('|')})`)})`;
}

function escaped(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}_]/gu, String.raw`\$&`);
}

/** Facts from the reply for one table. */
export function factsOf(name: string, table: TableReply): TableFacts {
  return {
    name,
    kind: kindOf(table.type),
    changedAt: millisecondsOf(table.lastModifiedTime ?? 0),
    rows: table.numRows ?? 0,
    bytes: table.numBytes ?? 0,
  };
}

/** The real service counts milliseconds, the emulator seconds. */
function millisecondsOf(time: number): number {
  return time < LEAST_MILLISECONDS ? time * 1000 : time;
}
