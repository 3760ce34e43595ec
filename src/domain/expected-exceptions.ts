/** Exceptions of the analysis that are no failure (spec: monitoring, sections 2, 4 and 6). Each reader of the log has its list. */

/** Raised when the analysis leaves an experiment out on purpose: category `skipped`. */
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

/** In no errors file: the analysis says so on every run. */
export const EXPECTED_IN_ERRORS_FILES: readonly SkippedException[] = [
  'EndedException',
  'EnrollmentNotCompleteException',
];

/** Not counted as critical by the errors dashboard, but as warnings. */
export const EXPECTED_ON_DASHBOARD: readonly SkippedException[] = [
  'EndedException',
  'NoEnrollmentPeriodException',
  'HighPopulationException',
  'EnrollmentLongerThanAnalysisException',
  'ExplicitSkipException',
  'NoStartDateException',
];
