/** Enrollment of one experiment: clients per branch against the ratios of its recipe (rule M2 of the alerts). */
import { branchCounts, type EnrollmentCounts, unenrollmentRate } from '../../../alerts/enrollment-checks.ts';
import type { BranchRatio } from '../../../domain/experiment.ts';
import { type SampleRatioTest, testSampleRatio } from '../../../domain/sample-ratio/sample-ratio.ts';

export interface EnrollmentView {
  readonly enrolled: number;
  readonly unenrolled: number;
  /** 0 to 1 */
  readonly unenrollmentRate: number;
  /** Undefined: there are fewer than two branches with counts. */
  readonly test: SampleRatioTest | undefined;
}

export function enrollmentView(counts: EnrollmentCounts, branches: readonly BranchRatio[]): EnrollmentView {
  return {
    enrolled: counts.totalEnrollments,
    unenrolled: counts.totalUnenrollments,
    unenrollmentRate: unenrollmentRate(counts),
    test: counts.branches.size < 2 ? undefined : testSampleRatio(branchCounts(counts, branches)),
  };
}
