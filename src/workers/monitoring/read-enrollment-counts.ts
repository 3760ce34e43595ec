/** Parses `enrollment_counts/enrollment_counts_latest.json`, which another system writes (spec: monitoring, section 7). */
import { z } from 'zod';
import type { EnrollmentCounts } from '../../alerts/enrollment-checks.ts';
import { isWellFormedJson } from '../../domain/well-formed.ts';

export const ENROLLMENT_COUNTS_OBJECT = 'enrollment_counts/enrollment_counts_latest.json';

const Count = z.number();

const Branch = z.object({ enrollments: Count, unenrollments: Count });
const Reason = z.object({ '1pct_count': Count });

const Entry = z.object({
  total_enrollments: Count,
  total_unenrollments: Count,
  branches: z.record(z.string(), Branch),
  reasons_by_branch: z.record(z.string(), z.record(z.string(), Reason)).nullish(),
});

/** The counts of each experiment. Invalid entries are left out; throws if the whole has another shape. */
export function readEnrollmentCounts(content: unknown): Map<string, EnrollmentCounts> {
  const { v1 } = z.object({ v1: z.record(z.string(), z.unknown()) }).parse(content);
  return new Map(
    Object.entries(v1).flatMap(([slug, entry]) => {
      const counts = slug.isWellFormed() ? readCountsEntry(entry) : undefined;
      return counts === undefined ? [] : [[slug, counts] as const];
    }),
  );
}

/** One experiment's counts, or undefined. Branches and reasons appear in alerts, so they must be Unicode. */
export function readCountsEntry(entry: unknown): EnrollmentCounts | undefined {
  const { data } = Entry.safeParse(entry);
  if (!isWellFormedJson(entry)) return undefined;
  if (data === undefined) return undefined;
  const reasons = Object.entries(data.reasons_by_branch ?? {});
  return {
    totalEnrollments: data.total_enrollments,
    totalUnenrollments: data.total_unenrollments,
    branches: new Map(Object.entries(data.branches)),
    reasonsByBranch: new Map(
      reasons.map(([branch, byReason]) => [
        branch,
        new Map(Object.entries(byReason).map(([reason, counted]) => [reason, counted['1pct_count']])),
      ]),
    ),
  };
}
