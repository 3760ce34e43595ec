/** Enrollment checks for rules M1, M3 and M4 (spec: monitoring, section 7). They do not check whether the rule applies. */
import type { BranchCount } from '../domain/sample-ratio/sample-ratio.ts';

/** An experiment in `enrollment_counts_latest.json`, with the branches of its recipe. */
export interface EnrollmentCounts {
  readonly totalEnrollments: number;
  readonly totalUnenrollments: number;
  readonly branches: ReadonlyMap<string, { readonly enrollments: number; readonly unenrollments: number }>;
  /** From a 1 % sample, by branch and reason, in the order of the object. */
  readonly reasonsByBranch: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export interface FunnelRow {
  readonly reason: string | null;
  /** Slugs separated by commas. */
  readonly conflictSlug: string | null;
  readonly clientCount: number;
}

/** What the funnel rows of an experiment add up to. */
export interface FunnelShares {
  readonly clients: number;
  /** The share of clients that a feature conflict blocks; 0 without clients. */
  readonly rate: number;
  /** The experiments they conflict with, sorted. */
  readonly slugs: readonly string[];
}

/** Too many enrolled clients have left above this share (console). */
export const UNENROLLMENT_SPIKE_LIMIT = 0.1;
/** Too few enrollments below this number, from the third day on (console). */
export const LOW_ENROLLMENT_LIMIT = 1000;
export const LOW_ENROLLMENT_DAYS = 3;
/** Too many clients are blocked by another experiment on the same feature from this share on (console). */
export const FEATURE_CONFLICT_LIMIT = 0.25;

const UNKNOWN_REASON = 'unknown';

/** Unenrolled / enrolled; 0 if nobody enrolled. */
export function unenrollmentRate(counts: EnrollmentCounts): number {
  return counts.totalEnrollments === 0 ? 0 : counts.totalUnenrollments / counts.totalEnrollments;
}

/** The reason with the highest count over all branches, the first of several; `unknown` without counts. */
export function topUnenrollmentReason(counts: EnrollmentCounts): string {
  const totals = new Map<string, number>();
  for (const reasons of counts.reasonsByBranch.values()) {
    for (const [reason, count] of reasons) totals.set(reason, (totals.get(reason) ?? 0) + count);
  }
  let top: readonly [string, number] | undefined;
  for (const entry of totals) if (top === undefined || entry[1] > top[1]) top = entry;
  return top?.[0] ?? UNKNOWN_REASON;
}

/** Whether too few clients have enrolled by this day. */
export function isEnrollmentLow(counts: EnrollmentCounts, days: number, limit = LOW_ENROLLMENT_LIMIT): boolean {
  return days >= LOW_ENROLLMENT_DAYS && counts.totalEnrollments < limit;
}

/** The feature conflicts of an experiment. */
export function featureConflict(funnel: readonly FunnelRow[]): FunnelShares {
  const conflicts = funnel.filter((row) => row.reason === 'FeatureConflict');
  const all = clientsOf(funnel);
  const slugs = conflicts.flatMap((row) => (row.conflictSlug ?? '').split(',').map((slug) => slug.trim()));
  return {
    clients: all,
    rate: all === 0 ? 0 : clientsOf(conflicts) / all,
    slugs: [...new Set(slugs.filter((slug) => slug !== ''))].sort(),
  };
}

/** Sample ratio test of the branches with counts against the recipe's ratios. */
export function branchCounts(
  counts: EnrollmentCounts,
  branches: readonly { readonly slug: string; readonly ratio: number }[],
): BranchCount[] {
  const ratios = new Map(branches.map(({ slug, ratio }) => [slug, ratio]));
  return [...counts.branches].map(([branch, { enrollments }]) => ({
    branch,
    actual: enrollments,
    ratio: ratios.get(branch) ?? null,
  }));
}

function clientsOf(rows: readonly FunnelRow[]): number {
  return rows.reduce((sum, row) => sum + row.clientCount, 0);
}
