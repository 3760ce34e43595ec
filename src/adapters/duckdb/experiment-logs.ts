/** Log rows of experiments in a DuckDB file. Columns that the table lacks are NULL. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { earliestOf, errorRowsSql, type MinuteOfRows, NO_TIME, sumMinutes } from '../../domain/error-rows.ts';
import type { ErrorRowsSummary } from '../../domain/errors-export.ts';
import { LOGS_TABLE } from '../../domain/log-record.ts';
import { MONITORING_TABLES } from '../../domain/monitoring-tables.ts';
import { floorTo, MICROS_PER_MINUTE, timestampText } from '../../domain/utc-time.ts';
import type { ErrorLogRow, ErrorRowsReading, ErrorRowsRequest, ExperimentLogs } from '../../ports/experiment-logs.ts';
import type { DuckDbFile } from './database.ts';
import { identifier, qualified, queryTexts } from './sql.ts';

export interface DuckDbLogsOptions {
  readonly file: DuckDbFile;
  /** The schema of the monitoring tables: `monitoring`. */
  readonly dataset: string;
}

const COLUMNS = (MONITORING_TABLES.get(LOGS_TABLE) ?? []).map((column) => column.name);
/** Tables of other programs may have TIMESTAMP instead of TIMESTAMPTZ; its times are UTC. */
const MICROS = `epoch_us("timestamp")`;

export class DuckDbExperimentLogs implements ExperimentLogs {
  readonly source: string;
  readonly #file: DuckDbFile;
  readonly #dataset: string;

  constructor({ file, dataset }: DuckDbLogsOptions) {
    this.#file = file;
    this.#dataset = dataset;
    this.source = `${dataset}.${LOGS_TABLE}`;
  }

  async errorRows({ experiment, from, limits }: ErrorRowsReading, signal: AbortSignal): Promise<ErrorLogRow[]> {
    return this.#read(signal, async (connection, rows) => {
      const texts = COLUMNS.map((name) =>
        name === 'timestamp'
          ? `CAST(${MICROS} AS VARCHAR)`
          : `left(CAST(${identifier(name)} AS VARCHAR), ${limits.characters})`,
      );
      const reader = await connection.runAndReadAll(
        `SELECT ${texts.join(', ')} FROM ${rows}
         WHERE experiment = $1${conditionOf(from)} ORDER BY "timestamp" DESC NULLS LAST LIMIT ${limits.rows}`,
        [experiment],
      );
      return reader.getRowsJS().map(rowOf);
    });
  }

  async summarise(
    requests: readonly ErrorRowsRequest[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, ErrorRowsSummary>> {
    const earliest = earliestOf(requests.map((request) => request.from));
    const minutes = await this.#read(signal, async (connection, rows) => {
      const found = await queryTexts(
        connection,
        `SELECT experiment, CAST(min(${MICROS}) AS VARCHAR), CAST(count(*) AS VARCHAR), CAST(max(${MICROS}) AS VARCHAR)
         FROM ${rows} WHERE experiment IS NOT NULL${conditionOf(earliest)}
         GROUP BY experiment, ${MICROS} // ${MICROS_PER_MINUTE}`,
      );
      return found.map(minuteOf);
    });
    return sumMinutes(minutes, new Map(requests.map(({ experiment, from }) => [experiment, from])));
  }

  /** Applies `read` to the rows that belong to errors files; empty if the table is missing. */
  async #read<Item>(
    signal: AbortSignal,
    read: (connection: DuckDBConnection, rows: string) => Promise<Item[]>,
  ): Promise<Item[]> {
    signal.throwIfAborted();
    if (!this.#file.exists()) return [];
    return this.#file.use('read', async (connection) => {
      const present = await queryTexts(
        connection,
        'SELECT column_name FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2',
        [this.#dataset, LOGS_TABLE],
      );
      if (present.length === 0) return [];
      return read(connection, this.#errorRows(new Set(present.flat())));
    });
  }

  #errorRows(present: ReadonlySet<string>): string {
    const columns = COLUMNS.map((name) => (present.has(name) ? identifier(name) : `NULL AS ${identifier(name)}`)).join(
      ', ',
    );
    return `(SELECT * FROM (SELECT ${columns} FROM ${qualified(this.#dataset, LOGS_TABLE)})
      WHERE ${errorRowsSql('duckdb')})`;
  }
}

/** Condition for times from that on, microseconds since 1970; none for null. */
function conditionOf(from: number | null): string {
  return from === null ? '' : ` AND ${MICROS} >= ${Math.trunc(from)}`;
}

function rowOf(cells: readonly unknown[]): ErrorLogRow {
  return Object.fromEntries(
    COLUMNS.map((name, index) => {
      const cell = cells[index] ?? null;
      return [name, name === 'timestamp' && cell !== null ? timestampText(Number(cell)) : cell];
    }),
  );
}

function minuteOf([experiment = '', first = '', rows = '', newest = '']: readonly string[]): MinuteOfRows {
  return {
    experiment,
    minute: first === '' ? NO_TIME : floorTo(Number(first), MICROS_PER_MINUTE),
    rows: Number(rows),
    newest: newest === '' ? null : timestampText(Number(newest)),
  };
}
