/** Statistics from a DuckDB file; the results dataset is a schema. */
import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBType } from '@duckdb/node-api';
import { createHash } from 'node:crypto';
import { ContrailError, errorText } from '../../domain/errors.ts';
import { WindowTables } from '../../domain/rerun/window-tables.ts';
import { type SourceVersion, versionOfFingerprint } from '../../domain/source-version.ts';
import { parseStatisticsTableName } from '../../domain/statistics-name.ts';
import type {
  ListedTable,
  OpenRequest,
  OpenTable,
  ReadEstimate,
  SourceTable,
  SourceUsage,
  StatisticsSource,
  TableDescriptions,
} from '../../ports/statistics-source.ts';
import { toColumn } from './column-types.ts';
import { type DuckDbFile, firstLine, type Lease } from './database.ts';
import { readBatches } from './read-batches.ts';
import { orderByRows } from './row-order.ts';
import { identifier, qualified, queryTexts } from './sql.ts';

/** Of a view, after a table that it reads was dropped. */
const MISSING_TABLE = /^Catalog Error: Table with name .* does not exist/;

const NO_USAGE: SourceUsage = { requests: 0, bytesRead: 0, bytesBilled: 0, slotMs: 0, queryMs: 0 };

const LIST_TABLES = `
  SELECT table_name, table_type, coalesce(TABLE_COMMENT, '') FROM information_schema.tables
  WHERE table_schema = $1 ORDER BY table_name`;

export interface DuckDbSourceOptions {
  readonly file: DuckDbFile;
  /** The schema of the results: `mozanalysis`. */
  readonly dataset: string;
}

export class DuckDbStatisticsSource implements StatisticsSource {
  readonly #file: DuckDbFile;
  readonly #dataset: string;

  constructor(options: DuckDbSourceOptions) {
    this.#file = options.file;
    this.#dataset = options.dataset;
  }

  get url(): string {
    return this.#file.url;
  }

  /** `COMMENT ON TABLE` sets a description. DuckDB keeps no times. */
  async listTables(signal: AbortSignal, beginnings: readonly string[] = ['']): Promise<readonly ListedTable[]> {
    return this.#file.use('read', async (connection) => {
      signal.throwIfAborted();
      const rows = await queryTexts(connection, LIST_TABLES, [this.#dataset]);
      const wanted = rows.filter(([name = '']) => beginnings.some((beginning) => name.startsWith(beginning)));
      return wanted.map(([name = '', type, comment = '']) => ({
        name,
        kind: type === 'VIEW' ? 'view' : 'table',
        ...(comment === '' ? {} : { description: comment }),
      }));
    });
  }

  async hasDataset(signal: AbortSignal): Promise<boolean> {
    return this.#file.use('read', async (connection) => {
      signal.throwIfAborted();
      const sql = 'SELECT schema_name FROM information_schema.schemata WHERE schema_name = $1';
      return (await queryTexts(connection, sql, [this.#dataset])).length > 0;
    });
  }

  async describeTables(names: readonly string[], signal: AbortSignal): Promise<TableDescriptions> {
    const listing = await this.listTables(signal);
    const known = new Set(listing.map(({ name }) => name));
    return this.#file.use('read', async (connection) => {
      const tables: SourceTable[] = [];
      const unreadable: { name: string; error: ContrailError }[] = [];
      for (const name of names) {
        signal.throwIfAborted();
        if (!known.has(name)) continue;
        try {
          const { version, rowCount } = await this.#fingerprint(connection, name);
          tables.push({ name, version, rows: rowCount });
        } catch (error) {
          unreadable.push({ name, error: this.#failure(name, listing, error) });
        }
      }
      return { tables, unreadable };
    });
  }

  async open({ table, signal }: OpenRequest): Promise<OpenTable | undefined> {
    const listing = await this.listTables(signal);
    if (!listing.some(({ name }) => name === table)) return undefined;
    const lease = await this.#file.lease('read');
    try {
      // One transaction, so that version, row count and rows are of the same state.
      await lease.connection.run('BEGIN TRANSACTION');
      return await this.#openIn(lease, table);
    } catch (error) {
      lease.release();
      throw this.#failure(table, listing, error);
    }
  }

  /** Reading a local file costs nothing. */
  async estimateReads(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, ReadEstimate>> {
    const known = new Set((await this.listTables(signal)).map(({ name }) => name));
    return new Map(names.filter((name) => known.has(name)).map((name) => [name, { bytes: 0, tables: 1 }]));
  }

  async #openIn(lease: Lease, table: string): Promise<OpenTable> {
    const source = this.#nameOf(table);
    const from = qualified(this.#dataset, table);
    const statement = await lease.connection.prepare(`SELECT * FROM ${from}`);
    const types = columnTypes(statement);
    const columns = types.map((type, index) => toColumn(statement.columnName(index), type));
    statement.destroySync();
    const { version, rowCount } = await this.#fingerprint(lease.connection, table);
    const query = `SELECT * FROM ${from} ORDER BY ${orderByRows(columns)}`;
    return {
      source,
      version,
      columns,
      rowCount,
      order: 'key',
      usage: () => NO_USAGE,
      batches: (signal) =>
        readBatches({
          lease,
          start: () => lease.connection.stream(query),
          types,
          failed: (error) => queryFailed(source, error),
          signal,
        }),
      close: () => {
        lease.release();
        return Promise.resolve();
      },
    };
  }

  /** A view whose tables were all deleted fails like one that is wrong; the listing tells which it is. */
  #failure(table: string, listing: readonly ListedTable[], error: unknown): ContrailError {
    if (error instanceof ContrailError) return error;
    const source = this.#nameOf(table);
    const name = parseStatisticsTableName(table);
    const isGone =
      MISSING_TABLE.test(errorText(error)) &&
      name !== undefined &&
      new WindowTables(listing).lacksTables(name.slug, name.period);
    return isGone ? sourceGone(source, error) : queryFailed(source, error);
  }

  #nameOf(table: string): string {
    return `${this.#file.path}.${this.#dataset}.${table}`;
  }

  /** The version is a hash of the schema, the row count and the sum of the rows' hashes, because DuckDB keeps no times (ADR 2). */
  async #fingerprint(
    connection: DuckDBConnection,
    table: string,
  ): Promise<{ version: SourceVersion; rowCount: number }> {
    const from = qualified(this.#dataset, table);
    const shape = await connection.prepare(`SELECT * FROM ${from}`);
    const names = Array.from({ length: shape.columnCount }, (_, index) => shape.columnName(index));
    const schema = columnTypes(shape).map((type, index) => `${names[index]} ${String(type)}`);
    shape.destroySync();
    const row = identifier(nameOfRow(names));
    const query = `SELECT count(*)::VARCHAR, sum(hash(${row}))::VARCHAR FROM ${from} AS ${row}`;
    const [count = '', sum = ''] = (await queryTexts(connection, query))[0] ?? [];
    const digest = createHash('sha256')
      .update(JSON.stringify([schema, count, sum]))
      .digest();
    return { version: versionOfFingerprint(digest.readBigUInt64BE(0)), rowCount: Number(count) };
  }
}

/** An alias for a whole row that no column has; DuckDB would prefer the column. */
function nameOfRow(columns: readonly string[]): string {
  const taken = new Set(columns.map((name) => name.toLowerCase()));
  let name = 'row';
  while (taken.has(name)) name += '_';
  return name;
}

function columnTypes(statement: DuckDBPreparedStatement): DuckDBType[] {
  return Array.from({ length: statement.columnCount }, (_, index) => statement.columnType(index));
}

function sourceGone(source: string, cause: unknown): ContrailError {
  return new ContrailError('SOURCE_GONE', `The tables of ${source} are gone: ${firstLine(cause)}`, {
    subject: source,
    hint: 'Contrail will look again when they are back.',
    cause,
  });
}

function queryFailed(source: string, cause: unknown): ContrailError {
  return new ContrailError('QUERY_FAILED', `Reading ${source} failed: ${firstLine(cause)}`, {
    subject: source,
    hint: 'Fix the view or its tables; Contrail will retry when they change.',
    cause,
  });
}
