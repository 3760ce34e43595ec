/** What a run of a query would do, found out without running it. */
import { costOf, type Pricing } from '../../domain/query-cost-price.ts';
import type { QueriedExperiment } from '../../domain/query-export/built-in-parameters.ts';
import { isArrayParameter, type QueryParameter } from '../../domain/query-export/query-parameter.ts';
import type { QueryCheck } from '../../ports/query-source.ts';
import { checkColumns } from './file-format.ts';
import { objectName } from './publish-query-file.ts';
import { type QueryDependencies, type QueryRequested, queryRequest } from './running-query.ts';
import { columnTypeName } from '../../domain/column-type.ts';

export interface DryRun {
  readonly query: string;
  readonly scope: string;
  readonly sql: string;
  readonly parameters: readonly { readonly name: string; readonly type: string }[];
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Of all queries of a run; absent if the warehouse charges nothing. */
  readonly estimatedBytes?: number;
  readonly estimatedUsd?: number;
  readonly maximumBytesBilled: number;
  readonly objects: readonly string[];
}

/** Throws like the query would, if it cannot run. */
export async function dryRun(
  deps: Pick<QueryDependencies, 'queries'>,
  request: QueryRequested,
  pricing: Pricing,
): Promise<DryRun> {
  const { definition, experiments } = request;
  const isEach = definition.scope.kind === 'experiment';
  // All of them have the same SQL, and about the same cost.
  const asked = queryRequest(request, isEach ? (experiments[0] ?? NO_EXPERIMENT) : undefined);
  const check = await deps.queries.check(asked);
  checkColumns(check.columns, definition);
  const bytes = check.estimatedBytes;
  const total = bytes === undefined ? undefined : bytes * (isEach ? experiments.length : 1);
  return {
    query: definition.name,
    scope: definition.scope.kind,
    sql: check.sql,
    parameters: usedParameters(check, asked.parameters),
    columns: check.columns.map(({ name, type }) => ({ name, type: columnTypeName(type) })),
    ...(total === undefined ? {} : { estimatedBytes: total, estimatedUsd: usdOf(total, pricing) }),
    maximumBytesBilled: definition.limits.maximumBytesBilled,
    objects: objectsOf(request),
  };
}

/** Stands in where no experiment is chosen, so that the query can be checked all the same. */
const NO_EXPERIMENT: QueriedExperiment = { slug: 'no-experiment', startedAt: 0 };

function usedParameters({ sql }: QueryCheck, parameters: Readonly<Record<string, QueryParameter>>) {
  return Object.entries(parameters)
    .filter(([name]) => new RegExp(`[@$]${name}\\b`, 'i').test(sql))
    .map(([name, parameter]) => ({ name, type: typeText(parameter) }));
}

function typeText(parameter: QueryParameter): string {
  return isArrayParameter(parameter) ? `ARRAY<${parameter.type}>` : parameter.type;
}

function usdOf(bytes: number, pricing: Pricing): number {
  return costOf({ slotMs: 0, bytesProcessed: bytes }, { ...pricing, mode: 'on_demand' }) ?? 0;
}

function objectsOf(request: QueryRequested): string[] {
  const { definition, experiments } = request;
  const templates = [definition.object, ...(definition.latest === undefined ? [] : [definition.latest])];
  if (definition.scope.kind === 'global') return templates.map((template) => objectName(request, template));
  return experiments.flatMap(({ slug }) =>
    templates.map((template) => objectName({ ...request, experiment: slug }, template)),
  );
}
