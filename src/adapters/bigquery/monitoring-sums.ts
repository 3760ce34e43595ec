/** Sums over the monitoring tables in BigQuery. */
import { monitoringColumns } from '../../domain/monitoring-values.ts';
import type { GroupSums, MonitoringSums, SumsRequest } from '../../ports/monitoring-sums.ts';
import { type BigQueryReaderOptions, MonitoringQueries } from './monitoring-query.ts';
import { identifier, type TableName, tablePath } from './sql.ts';

export class BigQueryMonitoringSums implements MonitoringSums {
  readonly #queries: MonitoringQueries;

  constructor(options: BigQueryReaderOptions) {
    this.#queries = new MonitoringQueries(options);
  }

  async sums(request: SumsRequest, signal: AbortSignal): Promise<GroupSums[]> {
    const rows = await this.#queries.rows(request.table, (name) => ({ sql: sqlOf(name, request) }), signal);
    return rows.map((cells) => sumsOf(request, cells));
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
