/** Exceptions of the analysis that are not failures (spec: monitoring, sections 2, 4 and 6), one list per use. */

/** Raised when the analysis skips an experiment on purpose: category `skipped`. */
export const SKIPPED_EXCEPTIONS = [
  'NoSlugException',
  'NoEnrollmentPeriodException',
  'EnrollmentNotCompleteException',
  'NoStartDateException',
  'EndedException',
  'EnrollmentLongerThanAnalysisException',
  'HighPopulationException',
  'ExplicitSkipException',
  'RolloutSkipException',
  'UnsupportedApplicationException',
] as const;

export type SkippedException = (typeof SKIPPED_EXCEPTIONS)[number];

/** Never in errors files, because the analysis logs them on every run. */
export const EXPECTED_IN_ERRORS_FILES: readonly SkippedException[] = [
  'EndedException',
  'EnrollmentNotCompleteException',
];

/** The errors dashboard counts these as warnings. */
export const EXPECTED_ON_DASHBOARD: readonly SkippedException[] = [
  'EndedException',
  'NoEnrollmentPeriodException',
  'HighPopulationException',
  'EnrollmentLongerThanAnalysisException',
  'ExplicitSkipException',
  'NoStartDateException',
];
