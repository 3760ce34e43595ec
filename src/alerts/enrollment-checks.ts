/** What enrollment counts tell of an experiment (spec: monitoring, section 7, rules M1, M3 and M4). No gates here. */
import type { BranchCount } from '../domain/sample-ratio/sample-ratio.ts';

/** An experiment in `enrollment_counts_latest.json`; only branches that the recipe configures. */
export interface EnrollmentCounts {
  readonly totalEnrollments: number;
  readonly totalUnenrollments: number;
  readonly branches: ReadonlyMap<string, { readonly enrollments: number; readonly unenrollments: number }>;
  /** Of a 1 % sample, by branch and reason, in the order of the object. */
  readonly reasonsByBranch: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export interface FunnelRow {
  readonly reason: string | null;
  /** Slugs between commas. */
  readonly conflictSlug: string | null;
  readonly clientCount: number;
}

/** A share of more than this of the enrolled clients has left: console. */
export const UNENROLLMENT_SPIKE_LIMIT = 0.1;
/** Fewer enrollments than this, from the third day on: console. */
export const LOW_ENROLLMENT_LIMIT = 1000;
export const LOW_ENROLLMENT_DAYS = 3;
/** A share of at least this of the clients is kept out by another experiment on the same feature: console. */
export const FEATURE_CONFLICT_LIMIT = 0.25;

const UNKNOWN_REASON = 'unknown';

/** Unenrolled to enrolled; 0 if nobody enrolled. */
export function unenrollmentRate(counts: EnrollmentCounts): number {
  return counts.totalEnrollments === 0 ? 0 : counts.totalUnenrollments / counts.totalEnrollments;
}

/** The reason with the highest count over all branches, the first of several; `unknown` where none has a count. */
export function topUnenrollmentReason(counts: EnrollmentCounts): string {
  const totals = new Map<string, number>();
  for (const reasons of counts.reasonsByBranch.values()) {
    for (const [reason, count] of reasons) totals.set(reason, (totals.get(reason) ?? 0) + count);
  }
  let top: readonly [string, number] | undefined;
  for (const entry of totals) if (top === undefined || entry[1] > top[1]) top = entry;
  return top?.[0] ?? UNKNOWN_REASON;
}

/** Whether too few have enrolled after so many days. */
export function isEnrollmentLow(counts: EnrollmentCounts, days: number, limit = LOW_ENROLLMENT_LIMIT): boolean {
  return days >= LOW_ENROLLMENT_DAYS && counts.totalEnrollments < limit;
}

/** The share of clients that a feature conflict keeps out, and the experiments they conflict with, sorted. */
export function featureConflict(funnel: readonly FunnelRow[]): { readonly rate: number; readonly slugs: string[] } {
  const conflicts = funnel.filter((row) => row.reason === 'FeatureConflict');
  const all = clientsOf(funnel);
  const slugs = conflicts.flatMap((row) => (row.conflictSlug ?? '').split(',').map((slug) => slug.trim()));
  return {
    rate: all === 0 ? 0 : clientsOf(conflicts) / all,
    slugs: [...new Set(slugs.filter((slug) => slug !== ''))].sort(),
  };
}

/** The branches that have counts, against the recipe's ratios, for the sample ratio test. */
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
