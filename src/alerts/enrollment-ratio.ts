/** The sample ratio test of an experiment's enrollments: rule M2, and the page that shows its numbers. */
import { branchCounts, type EnrollmentCounts } from './enrollment-checks.ts';
import { pluralText, pValueText, percentText } from './text.ts';
import { SRM_DEVIATION_LIMIT, type SampleRatioTest, testSampleRatio } from '../domain/sample-ratio/sample-ratio.ts';

/** A test with its p; `reason`: why there is none. */
export type EnrollmentRatio =
  | {
      readonly kind: 'tested';
      readonly test: SampleRatioTest & { readonly chiSquare: number; readonly pValue: number };
    }
  | { readonly kind: 'no_data'; readonly reason: string; readonly test?: SampleRatioTest };

export function enrollmentRatio(
  counts: EnrollmentCounts,
  branches: readonly { readonly slug: string; readonly ratio: number }[],
): EnrollmentRatio {
  const test = testSampleRatio(branchCounts(counts, branches));
  if (counts.branches.size < 2) return { kind: 'no_data', reason: 'fewer than two branches have counts', test };
  const { pValue, chiSquare } = test;
  if (pValue === null) return { kind: 'no_data', reason: 'a branch with ratio 0 has clients', test };
  return { kind: 'tested', test: { ...test, pValue, chiSquare: chiSquare ?? 0 } };
}

/** `χ² = 12.30, 2 degrees of freedom, p = 0.002; largest share deviation 3% < 5%` */
export function ratioFormula(test: Extract<EnrollmentRatio, { kind: 'tested' }>['test']): string {
  const chi = `χ² = ${test.chiSquare.toFixed(2)}, ${pluralText(test.degreesOfFreedom, 'degree')} of freedom`;
  const sign = test.largestDeviation >= SRM_DEVIATION_LIMIT ? '≥' : '<';
  const deviation = `largest share deviation ${percentText(test.largestDeviation)} ${sign} ${percentText(SRM_DEVIATION_LIMIT)}`;
  return `${chi}, ${pValueText(test.pValue)}; ${deviation}`;
}
