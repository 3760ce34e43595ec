/** A run of a query under way. */
import { type QueriedExperiment, queryParameters } from '../../domain/query-export/built-in-parameters.ts';
import type { QueryExport } from '../../domain/query-export/query-export.ts';
import type { ReadingUsage } from '../../domain/outcome.ts';
import type { OpenQuery, QueryRequest, QuerySource } from '../../ports/query-source.ts';
import type { FailedFile } from './failed-files.ts';
import type { PublishedQueryFile, QueryFileDependencies, QueryTick } from './publish-query-file.ts';

export interface QueryDependencies extends QueryFileDependencies {
  readonly queries: QuerySource;
}

export interface QueryRequested extends QueryTick {
  /** By slug, in order; empty where the query is not about experiments. */
  readonly experiments: readonly QueriedExperiment[];
  readonly onProgress?: (files: number, ofFiles: number) => void;
}

/** What was read and published so far. */
export interface RunningQuery {
  readonly deps: QueryDependencies;
  readonly request: QueryRequested;
  readonly usages: (() => ReadingUsage)[];
  readonly published: PublishedQueryFile[];
  /** Files that cannot be published, while the others can. */
  readonly failures: FailedFile[];
  /** Rows of a split query that belong to no chosen experiment. */
  skippedRows: number;
}

/** Whether its parameters or files depend on the list of experiments. */
export function isAboutExperiments({ scope, query: { from } }: QueryExport): boolean {
  if (scope.kind !== 'global') return true;
  return from.kind === 'sql' && /@(?:experiments|since)\b/i.test(from.sql);
}

/** Opens the query for all experiments of the run, or for one. Its cost counts even if it fails later. */
export async function openQuery(
  { deps, request, usages }: RunningQuery,
  experiment: QueriedExperiment | undefined,
): Promise<OpenQuery> {
  const open = await deps.queries.open(queryRequest(request, experiment));
  usages.push(() => open.usage());
  return open;
}

export function queryRequest(
  { definition, tick, experiments, signal }: Omit<QueryRequested, 'job'>,
  experiment: QueriedExperiment | undefined,
): QueryRequest {
  const { name, query, limits } = definition;
  const one = experiment === undefined ? {} : { experiment };
  return {
    name,
    query,
    parameters: queryParameters(definition, { tick, experiments, ...one }),
    labels: { product: 'query', query: name, ...(experiment === undefined ? {} : { experiment: experiment.slug }) },
    maximumBytesBilled: limits.maximumBytesBilled,
    timeoutMs: limits.timeoutMs,
    signal,
  };
}
