/** Queries over one monitoring table in BigQuery. */
import { jobLabels } from './labels.ts';
import type { BigQueryOptions } from './options.ts';
import { QueryRunner } from './query.ts';
import { RestClient } from './rest-client.ts';
import { type TableName, tableText } from './sql.ts';
import { UsageMeter } from './usage-meter.ts';
import { during, isDatasetMissing, isTableMissing } from './vendor-errors.ts';

export interface BigQueryReaderOptions extends BigQueryOptions {
  /** The dataset of the monitoring tables: `monitoring`. */
  readonly dataset: string;
}

export interface MonitoringQuery {
  readonly sql: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

export class MonitoringQueries {
  readonly #options: BigQueryReaderOptions;
  readonly #queries: QueryRunner;

  constructor(options: BigQueryReaderOptions) {
    this.#options = options;
    const { location, turns, clock, random } = options;
    this.#queries = new QueryRunner({ rest: new RestClient(options), location, turns: turns?.queries, clock, random });
  }

  /** The cells of each row, as text. A missing table or dataset has no rows. */
  rows(
    table: string,
    queryOf: (name: TableName) => MonitoringQuery,
    signal: AbortSignal,
  ): Promise<readonly (readonly (string | null)[])[]> {
    const { project, dataset, limits } = this.#options;
    const name = { project, dataset, table };
    const subject = tableText(name);
    const act = { doing: `Reading ${subject}`, subject, permission: 'bigquery.tables.getData' };
    return during(act, signal, async () => {
      try {
        const { rows } = await this.#queries.list({
          ...queryOf(name),
          maximumBytesBilled: limits.maximumBytesBilled,
          labels: jobLabels({ product: 'monitoring', table }),
          meter: new UsageMeter(),
          signal,
        });
        return rows;
      } catch (error) {
        if (isTableMissing(error, name) || isDatasetMissing(error)) return [];
        throw error;
      }
    });
  }
}
