/** Rows of `experiment_sample_ratio_mismatch_v1` (spec: monitoring, section 8). */
import { type CountsByBranch, isMismatch, type SampleRatioColumns, testSampleRatio } from './sample-ratio.ts';
import { compatColumns } from './compat.ts';

export interface SampleRatioInput {
  readonly experiment: string;
  /** Null: not started, so left out. */
  readonly startDate: string | null;
  /** The configured branches with their ratios. */
  readonly ratios: CountsByBranch;
  readonly enrollments: CountsByBranch;
  readonly unenrollments: CountsByBranch;
  /** Daily active users of the newest day, all channels of a branch added. */
  readonly dau: CountsByBranch;
}

const METRICS = ['enrollments', 'unenrollments', 'dau'] as const;

export type SampleRatioMetric = (typeof METRICS)[number];

/** The columns in the table's order. */
export type SampleRatioRow = {
  readonly experiment: string;
  readonly enrollments_probability: number | null;
  readonly enrollments_p_value: number | null;
  readonly enrollments_srm_likely: boolean | null;
  readonly unenrollments_probability: number | null;
  readonly unenrollments_p_value: number | null;
  readonly unenrollments_srm_likely: boolean | null;
  readonly dau_probability: number | null;
  readonly dau_p_value: number | null;
  readonly dau_srm_likely: boolean | null;
};

/** One row per started experiment, sorted by name. Both probabilities are the upper tail of the test. */
export function sampleRatioRows(inputs: readonly SampleRatioInput[]): SampleRatioRow[] {
  return rowsOf(inputs, correctedColumns);
}

/**
 * The table as production writes it, with its defects: always one degree of freedom, a critical value instead of the p
 * value, and no row for an experiment that exceeds the look-up table in all metrics.
 */
export function compatSampleRatioRows(inputs: readonly SampleRatioInput[]): SampleRatioRow[] {
  return rowsOf(inputs, compatColumns).filter((row) => METRICS.some((metric) => row[`${metric}_probability`] !== null));
}

type ColumnsOf = (actual: CountsByBranch, ratios: CountsByBranch) => SampleRatioColumns;

function rowsOf(inputs: readonly SampleRatioInput[], columnsOf: ColumnsOf): SampleRatioRow[] {
  return inputs
    .filter((input) => input.startDate !== null)
    .map((input) => rowOf(input, (metric) => columnsOf(input[metric], input.ratios)))
    .sort((a, b) => (a.experiment < b.experiment ? -1 : 1));
}

function rowOf(input: SampleRatioInput, columnsOf: (metric: SampleRatioMetric) => SampleRatioColumns): SampleRatioRow {
  const enrollments = columnsOf('enrollments');
  const unenrollments = columnsOf('unenrollments');
  const dau = columnsOf('dau');
  return {
    experiment: input.experiment,
    enrollments_probability: enrollments.probability,
    enrollments_p_value: enrollments.pValue,
    enrollments_srm_likely: enrollments.isLikely,
    unenrollments_probability: unenrollments.probability,
    unenrollments_p_value: unenrollments.pValue,
    unenrollments_srm_likely: unenrollments.isLikely,
    dau_probability: dau.probability,
    dau_p_value: dau.pValue,
    dau_srm_likely: dau.isLikely,
  };
}

/** A branch of ratio 0 must have no clients. It is left out, because it says nothing about the other ratios. */
function correctedColumns(actual: CountsByBranch, ratios: CountsByBranch): SampleRatioColumns {
  const counts = Object.entries(ratios)
    .filter(([, ratio]) => ratio > 0)
    .map(([branch, ratio]) => ({ branch, ratio, actual: actual[branch] ?? 0 }));
  const hasData = counts.some((count) => count.actual > 0);
  if (counts.length < 2 || !hasData) return { probability: null, pValue: null, isLikely: null };
  const test = testSampleRatio(counts);
  return { probability: test.pValue, pValue: test.pValue, isLikely: isMismatch(test) };
}
