/** Sample ratio test: a chi-square test of client counts against branch ratios (spec: monitoring, sections 7, 8). */
import { chiSquareUpperTail } from './chi-square.ts';

/** Clients per branch; a missing branch has none. Empty: no data. */
export type CountsByBranch = Readonly<Record<string, number>>;

/** The result for one metric. */
export interface SampleRatioColumns {
  readonly probability: number | null;
  readonly pValue: number | null;
  readonly isLikely: boolean | null;
}

export interface BranchCount {
  readonly branch: string;
  readonly actual: number;
  /** Null: the recipe has no ratio for it. */
  readonly ratio: number | null;
}

export interface SampleRatioTest {
  readonly chiSquare: number | null;
  readonly degreesOfFreedom: number;
  /** Null: no test is possible, because a counted branch has an expected count of 0. */
  readonly pValue: number | null;
  /** Largest difference between a branch's share of the clients and its share of the ratios. */
  readonly largestDeviation: number;
  readonly branches: readonly BranchShare[];
}

export interface BranchShare {
  readonly branch: string;
  readonly actual: number;
  readonly share: number;
  readonly expectedShare: number;
}

/** Both must hold, so that tiny deviations of large experiments raise no alert. */
export const SRM_P_LIMIT = 0.001;
export const SRM_DEVIATION_LIMIT = 0.05;

/**
 * The test of rule M2. If a branch has no ratio, all shares are equal. Without clients, or with fewer than two branches,
 * p is 1; an expected count of zero gives no p.
 */
export function testSampleRatio(counts: readonly BranchCount[]): SampleRatioTest {
  const total = sum(counts.map((count) => count.actual));
  const degreesOfFreedom = Math.max(0, counts.length - 1);
  const branches = sharesOf(counts, total);
  const largestDeviation = Math.max(0, ...branches.map((entry) => Math.abs(entry.share - entry.expectedShare)));
  const base = { degreesOfFreedom, largestDeviation, branches };
  if (total === 0 || counts.length < 2) return { ...base, chiSquare: 0, pValue: 1, largestDeviation: 0 };
  if (branches.some((entry) => entry.expectedShare === 0)) return { ...base, chiSquare: null, pValue: null };
  const chiSquare = sum(branches.map((entry) => chiTerm(entry.actual, entry.expectedShare * total)));
  return { ...base, chiSquare, pValue: chiSquareUpperTail(chiSquare, degreesOfFreedom) };
}

/** Whether a test shows a sample ratio mismatch. */
export function isMismatch(test: SampleRatioTest, pLimit = SRM_P_LIMIT): boolean {
  return test.pValue !== null && test.pValue < pLimit && test.largestDeviation >= SRM_DEVIATION_LIMIT;
}

export function chiTerm(actual: number, expected: number): number {
  return (actual - expected) ** 2 / expected;
}

function sharesOf(counts: readonly BranchCount[], total: number): BranchShare[] {
  const isComplete = counts.every((count) => count.ratio !== null);
  const ratios = counts.map((count) => (isComplete ? (count.ratio ?? 0) : 1));
  const ratioSum = sum(ratios);
  return counts.map(({ branch, actual }, index) => ({
    branch,
    actual,
    share: total === 0 ? 0 : actual / total,
    expectedShare: ratioSum === 0 ? 0 : (ratios[index] ?? 0) / ratioSum,
  }));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
