/** Writes monitoring tables in a DuckDB file: each batch in one transaction with a ledger of batch ids. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { ContrailError } from '../../domain/errors.ts';
import { ERRORS_VIEW, errorsViewQuery } from '../../domain/error-category-sql.ts';
import { LOGS_TABLE } from '../../domain/log-record.ts';
import {
  addedColumn,
  MONITORING_LAYOUTS,
  MONITORING_TABLES,
  type MonitoringColumn,
  type MonitoringType,
} from '../../domain/monitoring-tables.ts';
import type { RecordBatch, RecordSink, TableReplacement } from '../../ports/record-sink.ts';
import { wellFormedRow } from '../../domain/well-formed.ts';
import { type DuckDbFile, firstLine } from './database.ts';
import { identifier, qualified, queryTexts } from './sql.ts';

export interface DuckDbSinkOptions {
  readonly file: DuckDbFile;
  /** The schema of the monitoring tables: `monitoring`. */
  readonly dataset: string;
}

/** Runs before rows are inserted, in the same transaction; gets the types of the table's columns. */
type Prepare = (connection: DuckDBConnection, columns: ReadonlyMap<string, string>) => Promise<void>;

const LEDGER = 'contrail_batches';

const DUCKDB_TYPES: Readonly<Record<Exclude<MonitoringType, 'RECORD'>, string>> = {
  STRING: 'VARCHAR',
  INT64: 'BIGINT',
  FLOAT64: 'DOUBLE',
  BOOL: 'BOOLEAN',
  TIMESTAMP: 'TIMESTAMPTZ',
  DATE: 'DATE',
  JSON: 'JSON',
};

export class DuckDbRecordSink implements RecordSink {
  readonly #file: DuckDbFile;
  readonly #dataset: string;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: DuckDbSinkOptions) {
    this.#file = options.file;
    this.#dataset = options.dataset;
  }

  append(batch: RecordBatch, signal: AbortSignal): Promise<'written' | 'known'> {
    return this.#inTurn(batch, signal, () => Promise.resolve());
  }

  replace(replacement: TableReplacement, signal: AbortSignal): Promise<'written' | 'known'> {
    const { table, partition } = replacement;
    return this.#inTurn(replacement, signal, async (connection, columns) => {
      const rows = partition === undefined ? '' : ` WHERE ${ofDay(table, partition, columns)}`;
      await connection.run(`DELETE FROM ${qualified(this.#dataset, table)}${rows}`);
    });
  }

  async has({ id, table }: Pick<RecordBatch, 'id' | 'table'>, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    if (!this.#file.exists()) return false;
    return this.#file.use('read', async (connection) => {
      if ((await this.#columnsOf(connection, LEDGER)).size === 0) return false;
      const ledger = qualified(this.#dataset, LEDGER);
      const rows = await queryTexts(
        connection,
        `SELECT batch_id FROM ${ledger} WHERE batch_id = $1 AND table_name = $2`,
        [id, table],
      );
      return rows.length > 0;
    });
  }

  async hasRows(table: string, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    if (!this.#file.exists()) return false;
    return this.#file.use('read', async (connection) => {
      if ((await this.#columnsOf(connection, table)).size === 0) return false;
      const rows = await queryTexts(connection, `SELECT '' FROM ${qualified(this.#dataset, table)} LIMIT 1`);
      return rows.length > 0;
    });
  }

  /** `prepare` removes old rows in the transaction that writes the new ones. */
  async #inTurn(batch: RecordBatch, signal: AbortSignal, prepare: Prepare): Promise<'written' | 'known'> {
    signal.throwIfAborted();
    // One after another, because concurrent transactions on one table would fail each other.
    const written = this.#turn.then(() => this.#write(batch, prepare));
    this.#turn = written.catch(() => undefined);
    return written;
  }

  async #write(batch: RecordBatch, prepare: Prepare): Promise<'written' | 'known'> {
    return this.#file.use('write', async (connection) => {
      try {
        return await this.#writeIn(connection, batch, prepare);
      } catch (error) {
        throw new ContrailError(
          error instanceof RowsRefused ? 'RECORDS_REFUSED' : 'QUERY_FAILED',
          `Writing to ${this.#dataset}.${batch.table} failed: ${firstLine(error)}`,
          {
            subject: batch.table,
            cause: error,
          },
        );
      }
    });
  }

  async loggedExperiments(signal: AbortSignal): Promise<string[]> {
    if (!this.#file.exists()) return [];
    signal.throwIfAborted();
    return this.#file.use('read', async (connection) => {
      if ((await this.#columnsOf(connection, LOGS_TABLE)).size === 0) return [];
      const logs = qualified(this.#dataset, LOGS_TABLE);
      const query = `SELECT DISTINCT experiment FROM ${logs} WHERE experiment IS NOT NULL ORDER BY experiment`;
      return (await queryTexts(connection, query)).flat();
    });
  }

  async #writeIn(connection: DuckDBConnection, batch: RecordBatch, prepare: Prepare): Promise<'written' | 'known'> {
    await this.#createTables(connection, batch.table);
    const columns = await this.#columnsOf(connection, batch.table);
    if (columns.size === 0) throw new Error('there is no such table');
    await connection.run('BEGIN TRANSACTION');
    try {
      const ledger = qualified(this.#dataset, LEDGER);
      const known = await connection.runAndReadAll(`SELECT 1 FROM ${ledger} WHERE batch_id = $1`, [batch.id]);
      if (known.currentRowCount === 0) {
        await connection.run(`INSERT INTO ${ledger} VALUES ($1, $2)`, [batch.id, batch.table]);
        await prepare(connection, columns);
        await this.#insert(connection, batch, columns).catch(rethrowRefusal);
      }
      await connection.run('COMMIT');
      return known.currentRowCount === 0 ? 'written' : 'known';
    } catch (error) {
      await connection.run('ROLLBACK');
      throw error;
    }
  }

  /** The rows are one JSON text, which DuckDB parses with the types of the table's columns. */
  async #insert(connection: DuckDBConnection, batch: RecordBatch, columns: ReadonlyMap<string, string>): Promise<void> {
    const given = new Set(batch.rows.flatMap((row) => Object.keys(row)));
    const shared = [...columns].filter(([name]) => given.has(name));
    if (shared.length === 0 || batch.rows.length === 0) return;
    const names = shared.map(([name]) => identifier(name)).join(', ');
    const fields = shared.map(([name]) => `r.${identifier(name)}`).join(', ');
    await connection.run(
      `INSERT INTO ${qualified(this.#dataset, batch.table)} (${names})
       SELECT ${fields} FROM (SELECT unnest(from_json($1::JSON, $2)) AS r)`,
      [JSON.stringify(batch.rows.map(wellFormedRow)), JSON.stringify([Object.fromEntries(shared)])],
    );
  }

  async #createTables(connection: DuckDBConnection, table: string): Promise<void> {
    await connection.run(`CREATE SCHEMA IF NOT EXISTS ${identifier(this.#dataset)}`);
    await connection.run(
      `CREATE TABLE IF NOT EXISTS ${qualified(this.#dataset, LEDGER)} (batch_id VARCHAR PRIMARY KEY, table_name VARCHAR)`,
    );
    const columns = MONITORING_TABLES.get(table);
    if (columns === undefined) return;
    const definitions = columns.map(columnDefinition).join(', ');
    await connection.run(`CREATE TABLE IF NOT EXISTS ${qualified(this.#dataset, table)} (${definitions})`);
    // The table of logs belongs to the analysis; others may be of an earlier version.
    if (table === LOGS_TABLE) await this.#createErrorsView(connection);
    else await this.#addColumns(connection, table, columns);
  }

  async #addColumns(connection: DuckDBConnection, table: string, columns: readonly MonitoringColumn[]): Promise<void> {
    const present = await this.#columnsOf(connection, table);
    for (const column of columns.filter(({ name }) => !present.has(name))) {
      const definition = columnDefinition(addedColumn(column));
      await connection.run(`ALTER TABLE ${qualified(this.#dataset, table)} ADD COLUMN IF NOT EXISTS ${definition}`);
    }
  }

  /** A log table of another program may lack columns that the categories need; then there is no view. */
  async #createErrorsView(connection: DuckDBConnection): Promise<void> {
    const present = await this.#columnsOf(connection, LOGS_TABLE);
    const isWhole = (MONITORING_TABLES.get(LOGS_TABLE) ?? []).every((column) => present.has(column.name));
    if (!isWhole) return;
    const query = errorsViewQuery('duckdb', qualified(this.#dataset, LOGS_TABLE));
    await connection.run(`CREATE VIEW IF NOT EXISTS ${qualified(this.#dataset, ERRORS_VIEW)} AS ${query}`);
  }

  async #columnsOf(connection: DuckDBConnection, table: string): Promise<Map<string, string>> {
    const rows = await queryTexts(
      connection,
      `SELECT column_name, data_type FROM information_schema.columns
       WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position`,
      [this.#dataset, table],
    );
    return new Map(rows.map(([name = '', type = '']) => [name, type]));
  }
}

/** How DuckDB's messages about wrong values begin; errors of disks, locks and memory begin differently. */
const ABOUT_VALUES = /^(?:Conversion|Invalid Input|Constraint|Out of Range|Mismatch Type) Error/;

class RowsRefused extends Error {}

function rethrowRefusal(error: unknown): never {
  const isAboutValues = error instanceof Error && ABOUT_VALUES.test(error.message);
  throw isAboutValues ? new RowsRefused(error.message, { cause: error }) : error;
}

/** The condition for the rows of a UTC day. */
function ofDay(table: string, day: string, columns: ReadonlyMap<string, string>): string {
  const column = MONITORING_LAYOUTS.get(table)?.partitionBy;
  const type = columns.get(column ?? '');
  if (column === undefined || type === undefined) throw new Error('the table has no column for days');
  const midnight = `CAST('${new Date(day).toISOString()}' AS ${type})`;
  return `${identifier(column)} >= ${midnight} AND ${identifier(column)} < ${midnight} + INTERVAL 1 DAY`;
}

/** `"branches" STRUCT("slug" VARCHAR, "ratio" BIGINT)[]` */
function columnDefinition(column: MonitoringColumn): string {
  const fields = (column.fields ?? []).map(columnDefinition).join(', ');
  const type = column.type === 'RECORD' ? `STRUCT(${fields})` : DUCKDB_TYPES[column.type];
  const suffix = { REQUIRED: ' NOT NULL', REPEATED: '[]' };
  return `${identifier(column.name)} ${type}${column.mode === undefined ? '' : suffix[column.mode]}`;
}
