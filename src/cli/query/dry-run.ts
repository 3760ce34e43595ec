/** `contrail run query --dry-run`: what a run would do. Runs and publishes nothing. */
import { costOf, type Pricing } from '../../domain/query-cost-price.ts';
import type { QueriedExperiment } from '../../domain/query-export/built-in-parameters.ts';
import { isArrayParameter, type QueryParameter } from '../../domain/query-export/query-parameter.ts';
import type { QueryCheck } from '../../ports/query-source.ts';
import { checkColumns } from '../../workers/queries/file-format.ts';
import { objectName } from '../../workers/queries/publish-query-file.ts';
import { type QueryDependencies, type QueryRequested, queryRequest } from '../../workers/queries/running-query.ts';
import { formatBytes, plural, printJson, printResult } from '../output.ts';
import { printable } from '../../domain/terminal-text.ts';
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

const MOST_OBJECTS = 20;

export function printDryRun(dry: DryRun, { mode }: Pricing, asJson: boolean): void {
  if (asJson) return printJson(dry);
  const { query, scope, sql, parameters, objects, maximumBytesBilled } = dry;
  printResult(`query       ${query} (${scope})`);
  printResult(`SQL\n${indented(printable(sql))}`);
  printResult(`parameters  ${parameters.map(({ name, type }) => `@${name} ${type}`).join(', ') || 'none'}`);
  printResult(`columns     ${printable(dry.columns.map(({ name, type }) => `${name} ${type}`).join(', '))}`);
  if (dry.estimatedBytes !== undefined && dry.estimatedUsd !== undefined) {
    const price = `${dry.estimatedUsd.toFixed(2)} USD at the list price for bytes read`;
    const note = mode === 'on_demand' ? '' : '; this project pays by slot-hours, which are known only afterwards';
    printResult(
      `estimate    ${formatBytes(dry.estimatedBytes)} (limit ${formatBytes(maximumBytesBilled)}), ${price}${note}`,
    );
  } else printResult('estimate    the warehouse charges nothing');
  printResult(`objects     ${plural(objects.length, 'object')}; nothing was run or published`);
  for (const object of objects.slice(0, MOST_OBJECTS)) printResult(`  ${printable(object)}`);
  if (objects.length > MOST_OBJECTS) printResult(`  and ${objects.length - MOST_OBJECTS} more`);
}

function indented(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
