/** Rows for the monitoring tables in a DuckDB file: each batch in one transaction with a ledger of batch ids. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { ContrailError } from '../../domain/errors.ts';
import { LOGS_TABLE } from '../../domain/log-record.ts';
import { MONITORING_TABLES, type MonitoringColumn } from '../../domain/monitoring-tables.ts';
import type { RecordBatch, RecordSink } from '../../ports/record-sink.ts';
import { type DuckDbFile, firstLine } from './database.ts';
import { identifier, qualified, queryTexts } from './sql.ts';

export interface DuckDbSinkOptions {
  readonly file: DuckDbFile;
  /** The schema that holds the monitoring tables: `monitoring`. */
  readonly dataset: string;
}

const LEDGER = 'contrail_batches';

const DUCKDB_TYPES: Readonly<Record<MonitoringColumn['type'], string>> = {
  STRING: 'VARCHAR',
  INT64: 'BIGINT',
  FLOAT64: 'DOUBLE',
  TIMESTAMP: 'TIMESTAMPTZ',
};

export class DuckDbRecordSink implements RecordSink {
  readonly #file: DuckDbFile;
  readonly #dataset: string;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: DuckDbSinkOptions) {
    this.#file = options.file;
    this.#dataset = options.dataset;
  }

  async append(batch: RecordBatch, signal: AbortSignal): Promise<'written' | 'known'> {
    signal.throwIfAborted();
    // One after another: transactions of one process that touch the same table would fail each other.
    const appended = this.#turn.then(() => this.#append(batch));
    this.#turn = appended.catch(() => undefined);
    return appended;
  }

  async #append(batch: RecordBatch): Promise<'written' | 'known'> {
    return this.#file.use('write', async (connection) => {
      try {
        return await this.#appendIn(connection, batch);
      } catch (error) {
        throw new ContrailError(
          'QUERY_FAILED',
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

  async #appendIn(connection: DuckDBConnection, batch: RecordBatch): Promise<'written' | 'known'> {
    await this.#createTables(connection, batch.table);
    const columns = await this.#columnsOf(connection, batch.table);
    await connection.run('BEGIN TRANSACTION');
    try {
      const ledger = qualified(this.#dataset, LEDGER);
      const known = await connection.runAndReadAll(`SELECT 1 FROM ${ledger} WHERE batch_id = $1`, [batch.id]);
      if (known.currentRowCount === 0) {
        await connection.run(`INSERT INTO ${ledger} VALUES ($1, $2)`, [batch.id, batch.table]);
        await this.#insert(connection, batch, columns);
      }
      await connection.run('COMMIT');
      return known.currentRowCount === 0 ? 'written' : 'known';
    } catch (error) {
      await connection.run('ROLLBACK');
      throw error;
    }
  }

  /** The rows go as one JSON text, which DuckDB takes apart by the types of the table's own columns. */
  async #insert(connection: DuckDBConnection, batch: RecordBatch, columns: ReadonlyMap<string, string>): Promise<void> {
    const given = new Set(batch.rows.flatMap((row) => Object.keys(row)));
    const shared = [...columns].filter(([name]) => given.has(name));
    if (shared.length === 0 || batch.rows.length === 0) return;
    const names = shared.map(([name]) => identifier(name)).join(', ');
    const fields = shared.map(([name]) => `r.${identifier(name)}`).join(', ');
    await connection.run(
      `INSERT INTO ${qualified(this.#dataset, batch.table)} (${names})
       SELECT ${fields} FROM (SELECT unnest(from_json($1::JSON, $2)) AS r)`,
      [JSON.stringify(batch.rows), JSON.stringify([Object.fromEntries(shared)])],
    );
  }

  async #createTables(connection: DuckDBConnection, table: string): Promise<void> {
    await connection.run(`CREATE SCHEMA IF NOT EXISTS ${identifier(this.#dataset)}`);
    await connection.run(
      `CREATE TABLE IF NOT EXISTS ${qualified(this.#dataset, LEDGER)} (batch_id VARCHAR PRIMARY KEY, table_name VARCHAR)`,
    );
    const columns = MONITORING_TABLES.get(table);
    if (columns === undefined) return;
    const definitions = columns.map((column) => `${identifier(column.name)} ${DUCKDB_TYPES[column.type]}`).join(', ');
    await connection.run(`CREATE TABLE IF NOT EXISTS ${qualified(this.#dataset, table)} (${definitions})`);
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
