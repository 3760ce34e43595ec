/** The configured queries, and what running them needs. */
import type { Config } from '../../config/load-config.ts';
import { type QueriesFile, readQueriesFile } from '../../config/queries/read-queries-file.ts';
import type { QueryExport } from '../../domain/query-export/query-export.ts';
import type { Log } from '../../ports/log.ts';
import { DailyBudget } from '../../workers/queries/daily-budget.ts';
import type { ChoiceDependencies } from '../../workers/queries/chosen-experiments.ts';
import type { QueryHandlerDependencies } from '../../workers/queries/query-handler.ts';
import type { QueryDependencies } from '../../workers/queries/running-query.ts';
import type { LogRecordDependencies } from '../../workers/records/write-log-records.ts';
import type { WorkAdapters } from './adapters.ts';
import { pricingOf } from './pricing.ts';

/** All queries of the file, also those that are not enabled; none if there is no file. Throws CONFIG_INVALID. */
export function configuredQueries(config: Config): readonly QueryExport[] {
  return queriesFile(config).queries;
}

/** The same for processes that go on working: what may be a mistake is logged. */
export function loggedQueries(config: Config, log: Pick<Log, 'warn'>): readonly QueryExport[] {
  const { queries, warnings } = queriesFile(config);
  for (const problem of warnings) log.warn({ problem }, 'configured queries');
  return queries;
}

/** The same, with what may be a mistake. */
export function queriesFile(config: Config): QueriesFile {
  if (config.queries === undefined) return { queries: [], warnings: [] };
  const dialect = config.warehouse?.scheme === 'duckdb' ? 'duckdb' : 'bigquery';
  return readQueriesFile(config.queries, dialect);
}

export function queryDependencies({
  store,
  clock,
  queries,
  experiments,
  resolution,
}: WorkAdapters): QueryDependencies & ChoiceDependencies {
  return { store, clock, queries, experimentRecords: experiments, resolution };
}

/** Undefined if there are no queries. */
export function queryHandlerDependencies(
  config: Config,
  adapters: WorkAdapters,
  records: LogRecordDependencies,
): QueryHandlerDependencies | undefined {
  const definitions = loggedQueries(config, adapters.log);
  if (definitions.length === 0) return undefined;
  const { reader, clock } = adapters;
  const limitUsd = config['queries.dailyBudgetUsd'];
  return {
    ...queryDependencies(adapters),
    definitions,
    budget: new DailyBudget({ reader, clock, pricing: pricingOf(config), limitUsd }),
    records,
  };
}
