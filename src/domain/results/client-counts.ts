/** How many clients each branch has, against what its ratio lets expect (spec: pages, C15; monitoring, M2). */
import { testSampleRatio } from '../sample-ratio/sample-ratio.ts';
import type { GatheredResults } from './statistic-results.ts';

/** Below this a branch has few clients. */
export const FEW_CLIENTS = 150;

export interface ExperimentBranch {
  readonly slug: string;
  /** null: the record does not say. */
  readonly ratio: number | null;
}

export interface BranchClients {
  readonly branch: string;
  /** null: the file has no count. */
  readonly clients: number | null;
  readonly share: number | null;
  readonly expectedShare: number | null;
}

export interface ClientCounts {
  readonly branches: readonly BranchClients[];
  /** `1:1:1`; null if a branch has no ratio. */
  readonly expectedRatio: string | null;
  /** Of the sample ratio test; null: a count or a ratio is missing. */
  readonly pValue: number | null;
}

/** From the rows of one window; branches in the given order. Undefined if the file has no counts. */
export function clientCounts(
  results: GatheredResults,
  { branches, clientsMetric }: { readonly branches: readonly ExperimentBranch[]; readonly clientsMetric: string },
): ClientCounts | undefined {
  const counted = results.get(clientsMetric)?.get('count');
  if (counted === undefined) return undefined;
  const counts = branches.map(({ slug, ratio }) => ({
    branch: slug,
    ratio,
    clients: counted.absolute(slug)?.point ?? null,
  }));
  const isComplete = counts.every(({ clients, ratio }) => clients !== null && clients >= 0 && ratio !== null);
  const test = testSampleRatio(counts.map(({ branch, clients, ratio }) => ({ branch, actual: clients ?? 0, ratio })));
  return {
    branches: counts.map(({ branch, clients }, index) => ({
      branch,
      clients,
      share: clients === null ? null : (test.branches[index]?.share ?? null),
      expectedShare: isComplete ? (test.branches[index]?.expectedShare ?? null) : null,
    })),
    expectedRatio: branches.every(({ ratio }) => ratio !== null) ? branches.map(({ ratio }) => ratio).join(':') : null,
    pValue: isComplete ? test.pValue : null,
  };
}
