/** Sums over the monitoring tables in a DuckDB file. */
import { monitoringColumns } from '../../domain/monitoring-values.ts';
import { dateText, MICROS_PER_DAY } from '../../domain/utc-time.ts';
import type { GroupSums, MonitoringSums, SumsRequest } from '../../ports/monitoring-sums.ts';
import { type DuckDbReaderOptions, type MonitoringTable, queryMonitoringTable } from './monitoring-table.ts';
import { identifier } from './sql.ts';

export class DuckDbMonitoringSums implements MonitoringSums {
  readonly #options: DuckDbReaderOptions;

  constructor(options: DuckDbReaderOptions) {
    this.#options = options;
  }

  async sums(request: SumsRequest, signal: AbortSignal): Promise<GroupSums[]> {
    signal.throwIfAborted();
    const rows = await queryMonitoringTable(this.#options, request.table, (table) => ({ sql: sqlOf(table, request) }));
    return rows.map((row) => sumsOf(request, row));
  }
}

/** A column that the table lacks is NULL. */
function sqlOf(
  { from, columns: present }: MonitoringTable,
  { table, by, columns, counted, range }: SumsRequest,
): string {
  const names = (list: readonly string[]) =>
    monitoringColumns(table, list).map(({ name }) => (present.has(name) ? identifier(name) : 'NULL'));
  const [time = '', count = ''] = names([range.column, counted]);
  // The day's number: a DATE would be one of the session's time zone.
  const groups = by === 'day' ? [`epoch_us(${time}) // ${MICROS_PER_DAY}`] : names(by);
  const texts = groups.map((group) => `CAST(${group} AS VARCHAR)`);
  const sums = names(columns).map((column) => `CAST(COALESCE(SUM(CAST(${column} AS DOUBLE)), 0) AS DOUBLE)`);
  return `SELECT ${[...texts, `CAST(COUNT(${count}) AS DOUBLE)`, ...sums].join(', ')} FROM ${from}
    WHERE epoch_us(${time}) >= ${Math.trunc(range.from)} AND epoch_us(${time}) < ${Math.trunc(range.to)}
    GROUP BY ${groups.map((_, index) => index + 1).join(', ')}`;
}

function sumsOf({ by, columns }: SumsRequest, cells: readonly unknown[]): GroupSums {
  const groups = by === 'day' ? 1 : by.length;
  const texts = cells.slice(0, groups).map((cell) => (typeof cell === 'string' ? cell : null));
  const [count = 0, ...sums] = cells.slice(groups).map(Number);
  const group = by === 'day' ? texts.map((day) => dateText(Number(day) * MICROS_PER_DAY)) : texts;
  return { group, count, sums: sums.slice(0, columns.length) };
}
