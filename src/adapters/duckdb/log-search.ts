/** The search in the logs of a DuckDB file. */
import { LOGS_TABLE } from '../../domain/log-record.ts';
import { LogAnswers } from '../../domain/logs/answer-questions.ts';
import { monitoringColumnNames } from '../../domain/monitoring-values.ts';
import type { LogSearch } from '../../ports/log-search.ts';
import { type DuckDbReaderOptions, type MonitoringTable, queryMonitoringTable } from './monitoring-table.ts';
import { identifier } from './sql.ts';

export class DuckDbLogSearch extends LogAnswers implements LogSearch {
  constructor(options: DuckDbReaderOptions) {
    super(async (queryOf, signal) => {
      signal.throwIfAborted();
      const rows = await queryMonitoringTable(options, LOGS_TABLE, (table) =>
        queryOf({ dialect: 'duckdb', from: allColumns(table) }),
      );
      return rows.map((row) => row.map((cell) => (typeof cell === 'string' ? cell : null)));
    });
  }
}

/** A column that the table lacks is NULL. */
function allColumns({ from, columns: present }: MonitoringTable): string {
  const missing = monitoringColumnNames(LOGS_TABLE).filter((name) => !present.has(name));
  if (missing.length === 0) return `${from} AS logs`;
  const nulls = missing.map((name) => `CAST(NULL AS VARCHAR) AS ${identifier(name)}`);
  return `(SELECT *, ${nulls.join(', ')} FROM ${from}) AS logs`;
}
