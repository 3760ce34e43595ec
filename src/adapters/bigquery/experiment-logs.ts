/** The log rows of experiments in BigQuery. */
import { earliestOf, errorRowsSql, NO_TIME, sumMinutes } from '../../domain/error-rows.ts';
import type { ErrorRowsSummary } from '../../domain/errors-export.ts';
import { LOGS_TABLE } from '../../domain/log-record.ts';
import { MONITORING_TABLES } from '../../domain/monitoring-tables.ts';
import { floorTo, MICROS_PER_MINUTE, timestampText } from '../../domain/utc-time.ts';
import type { ErrorLogRow, ErrorRowsReading, ErrorRowsRequest, ExperimentLogs } from '../../ports/experiment-logs.ts';
import { jobLabels } from './labels.ts';
import { KeptRows } from './kept-rows.ts';
import type { BigQueryOptions } from './options.ts';
import { type QueryRequest, QueryRunner } from './query.ts';
import type { TableReply } from './query-replies.ts';
import { readTable } from './read-table.ts';
import { RestClient } from './rest-client.ts';
import { identifier, type TableName, tablePath, tableText } from './sql.ts';
import { UsageMeter } from './usage-meter.ts';
import { during, isDatasetMissing, isTableMissing } from './vendor-errors.ts';

export interface BigQueryLogsOptions extends BigQueryOptions {
  /** The dataset of the monitoring tables: `monitoring`. */
  readonly dataset: string;
}

type Rows = readonly (readonly (string | null)[])[];

const COLUMNS = (MONITORING_TABLES.get(LOGS_TABLE) ?? []).map((column) => column.name);
/** Times are read as microseconds in text, which is exact. */
const MICROS = 'CAST(UNIX_MICROS(timestamp) AS STRING)';

export class BigQueryExperimentLogs implements ExperimentLogs {
  readonly source: string;
  readonly #options: BigQueryLogsOptions;
  readonly #rest: RestClient;
  readonly #queries: QueryRunner;
  readonly #kept = new KeptRows();

  constructor(options: BigQueryLogsOptions) {
    this.#options = options;
    this.source = tableText(this.#name);
    const { location, turns, clock, random } = options;
    this.#rest = new RestClient(options);
    this.#queries = new QueryRunner({ rest: this.#rest, location, turns: turns?.queries, clock, random });
  }

  async errorRows({ experiment, from, limits }: ErrorRowsReading, signal: AbortSignal): Promise<ErrorLogRow[]> {
    const beginningOf = (name: string): string =>
      `LEFT(${identifier(name)}, ${limits.characters}) AS ${identifier(name)}`;
    const columns = COLUMNS.map((name) => (name === 'timestamp' ? `${MICROS} AS micros` : beginningOf(name)));
    const rows = await this.#query(
      {
        sql: `SELECT ${columns.join(', ')} FROM ${tablePath(this.#name)}
          WHERE experiment = @experiment AND ${this.#condition(from)}
          ORDER BY timestamp DESC LIMIT ${limits.rows}`,
        parameters: { experiment },
      },
      signal,
    );
    return rows.map((cells) => Object.fromEntries(COLUMNS.map((name, index) => [name, cellOf(name, cells[index])])));
  }

  async summarise(
    requests: readonly ErrorRowsRequest[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, ErrorRowsSummary>> {
    const earliest = earliestOf(requests.map((request) => request.from));
    const sql = `SELECT experiment, CAST(MIN(UNIX_MICROS(timestamp)) AS STRING), CAST(COUNT(*) AS STRING),
            CAST(MAX(UNIX_MICROS(timestamp)) AS STRING)
          FROM ${tablePath(this.#name)} WHERE experiment IS NOT NULL AND ${this.#condition(earliest)}
          GROUP BY experiment, DIV(UNIX_MICROS(timestamp), ${MICROS_PER_MINUTE})`;
    const rows = await this.#kept.rows({
      sql,
      look: () => this.#look(signal),
      query: () => this.#query({ sql }, signal),
    });
    const minutes = rows.map(([experiment = null, first = null, count = null, newest = null]) => ({
      experiment: experiment ?? '',
      minute: first === null ? NO_TIME : floorTo(Number(first), MICROS_PER_MINUTE),
      rows: Number(count),
      newest: newest === null ? null : timestampText(Number(newest)),
    }));
    return sumMinutes(minutes, new Map(requests.map((request) => [request.experiment, request.from])));
  }

  async #look(signal: AbortSignal): Promise<TableReply | undefined> {
    const act = { doing: `Looking at ${this.source}`, subject: this.source, permission: 'bigquery.tables.get' };
    const meter = new UsageMeter();
    return during(act, signal, () => readTable(this.#name, { rest: this.#rest, meter, signal }));
  }

  async #query(query: Pick<QueryRequest, 'sql' | 'parameters'>, signal: AbortSignal): Promise<Rows> {
    const { limits } = this.#options;
    const act = { doing: `Reading ${this.source}`, subject: this.source, permission: 'bigquery.tables.getData' };
    return during(act, signal, async () => {
      try {
        const { rows } = await this.#queries.list({
          ...query,
          maximumBytesBilled: limits.maximumBytesBilled,
          labels: jobLabels({ product: 'errors' }),
          meter: new UsageMeter(),
          signal,
        });
        return rows;
      } catch (error) {
        if (isTableMissing(error, this.#name) || isDatasetMissing(error)) return [];
        throw error;
      }
    });
  }

  /** Rows that belong to errors files from that time on; earlier days are not read. */
  #condition(from: number | null): string {
    const time = from === null ? '' : ` AND timestamp >= TIMESTAMP_MICROS(${Math.trunc(from)})`;
    return `${errorRowsSql('bigquery')}${time}`;
  }

  get #name(): TableName {
    const { project, dataset } = this.#options;
    return { project, dataset, table: LOGS_TABLE };
  }
}

function cellOf(name: string, cell: string | null | undefined): string | null {
  if (cell === undefined || cell === null) return null;
  return name === 'timestamp' ? timestampText(Number(cell)) : cell;
}
