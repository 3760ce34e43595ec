/** Sums over the monitoring tables in BigQuery. */
import { monitoringColumns } from '../../domain/monitoring-values.ts';
import type { GroupSums, MonitoringSums, SumsRequest } from '../../ports/monitoring-sums.ts';
import { jobLabels } from './labels.ts';
import type { BigQueryReaderOptions } from './monitoring-reader.ts';
import { QueryRunner } from './query.ts';
import { RestClient } from './rest-client.ts';
import { identifier, type TableName, tablePath, tableText } from './sql.ts';
import { UsageMeter } from './usage-meter.ts';
import { during, isDatasetMissing, isTableMissing } from './vendor-errors.ts';

export class BigQueryMonitoringSums implements MonitoringSums {
  readonly #options: BigQueryReaderOptions;
  readonly #queries: QueryRunner;

  constructor(options: BigQueryReaderOptions) {
    this.#options = options;
    const { location, turns, clock, random } = options;
    this.#queries = new QueryRunner({ rest: new RestClient(options), location, turns: turns?.queries, clock, random });
  }

  async sums(request: SumsRequest, signal: AbortSignal): Promise<GroupSums[]> {
    const { project, dataset, limits } = this.#options;
    const { table } = request;
    const name = { project, dataset, table };
    const sql = sqlOf(name, request);
    const subject = tableText(name);
    const act = { doing: `Reading ${subject}`, subject, permission: 'bigquery.tables.getData' };
    return during(act, signal, async () => {
      try {
        const { rows } = await this.#queries.list({
          sql,
          maximumBytesBilled: limits.maximumBytesBilled,
          labels: jobLabels({ product: 'monitoring', table }),
          meter: new UsageMeter(),
          signal,
        });
        return rows.map((cells) => sumsOf(request, cells));
      } catch (error) {
        if (isTableMissing(error, name) || isDatasetMissing(error)) return [];
        throw error;
      }
    });
  }
}

/** Numbers are read as text, which is exact. */
function sqlOf(name: TableName, { table, by, columns, counted, range }: SumsRequest): string {
  const names = (list: readonly string[]) => monitoringColumns(table, list).map((column) => identifier(column.name));
  const [time = '', count = ''] = names([range.column, counted]);
  const groups = by === 'day' ? [`CAST(DATE(${time}) AS STRING)`] : names(by);
  const sums = names(columns).map((column) => `CAST(COALESCE(SUM(${column}), 0) AS STRING)`);
  const cells = [...groups, `CAST(COUNT(${count}) AS STRING)`, ...sums].map((cell, index) => `${cell} AS c${index}`);
  return `SELECT ${cells.join(', ')} FROM ${tablePath(name)}
    WHERE ${time} >= TIMESTAMP_MICROS(${Math.trunc(range.from)}) AND ${time} < TIMESTAMP_MICROS(${Math.trunc(range.to)})
    GROUP BY ${groups.map((_, index) => index + 1).join(', ')}`;
}

function sumsOf({ by, columns }: SumsRequest, cells: readonly (string | null)[]): GroupSums {
  const groups = by === 'day' ? 1 : by.length;
  const [count = 0, ...sums] = cells.slice(groups).map(Number);
  return { group: cells.slice(0, groups), count, sums: sums.slice(0, columns.length) };
}
