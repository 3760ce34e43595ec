/** Costs of a day by experiment, kind or table: the largest first. */
import { groupBy } from '../../domain/group-by.ts';
import type { ExperimentsByTable } from '../../domain/query-cost-name.ts';
import { addCosts, type Cost, type CostEntry, type CostKind } from './cost.ts';

export const COST_GROUPINGS = ['experiment', 'kind', 'table'] as const;
export type CostGrouping = (typeof COST_GROUPINGS)[number];

export interface CostGroup extends Cost {
  /** Undefined: of no experiment. */
  readonly name: string | undefined;
  /** Of the group's costs in USD, what each kind has. */
  readonly usdByKind: Readonly<Record<CostKind, number>>;
  /** Of the total cost, 0 to 1. */
  readonly share: number;
}

export function groupCosts(
  entries: readonly CostEntry[],
  by: CostGrouping,
  experiments: Pick<ExperimentsByTable, 'find'>,
): CostGroup[] {
  const { usd: total } = addCosts(entries);
  return [...groupBy(entries, namer(by, experiments))]
    .map(([name, group]) => groupOf(name, group, total))
    .toSorted(compareGroups);
}

function groupOf(name: string | undefined, entries: readonly CostEntry[], total: number): CostGroup {
  const sum = addCosts(entries);
  const usdOf = (kind: CostKind): number => addCosts(entries.filter((entry) => entry.kind === kind)).usd;
  const usdByKind = { analysis: usdOf('analysis'), contrail: usdOf('contrail') };
  return { name, ...sum, usdByKind, share: total === 0 ? 0 : sum.usd / total };
}

function compareGroups(a: CostGroup, b: CostGroup): number {
  return b.usd - a.usd || b.bytes - a.bytes || ((a.name ?? '') < (b.name ?? '') ? -1 : 1);
}

function namer(
  by: CostGrouping,
  experiments: Pick<ExperimentsByTable, 'find'>,
): (entry: CostEntry) => string | undefined {
  switch (by) {
    case 'kind':
      return ({ kind }) => kind;
    case 'table':
      return ({ table }) => table;
    case 'experiment':
      return ({ kind, table, experiment, derivedSlug }) =>
        experiment ?? (kind === 'analysis' ? (experiments.find(table) ?? derivedSlug) : undefined);
  }
}
