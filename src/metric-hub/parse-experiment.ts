/** `[experiment]` of a defaults file or an experiment's file (spec: metadata, sections 7 and 8). */
import { parseDate } from '../domain/utc-time.ts';
import type { ExperimentFields } from './configuration.ts';
import type { Sourced } from './sourced.ts';
import { ANALYSIS_UNITS } from './parse-definitions.ts';
import type { TableReader } from './table-reader.ts';

const QUERY_TYPES = ['cirrus', 'fenix-fallback', 'normandy', 'glean-event', 'background-update'];

/** Parses the settings, and throws for those that the analysis would refuse. */
export function parseExperimentFields(experiment: TableReader): ExperimentFields {
  const isPrivate = experiment.flag('is_private');
  if (isPrivate?.value === true && !experiment.has('dataset_id')) {
    throw experiment.error('is_private', 'a private experiment needs a dataset_id in the same file');
  }
  checkChoice(experiment, 'analysis_unit', ANALYSIS_UNITS);
  checkChoice(experiment, 'enrollments_query_type', QUERY_TYPES);
  return {
    referenceBranch: experiment.text('reference_branch'),
    startDate: readDate(experiment, 'start_date'),
    endDate: readDate(experiment, 'end_date'),
    enrollmentPeriod: experiment.integer('enrollment_period'),
    enrollmentQuery: experiment.text('enrollment_query'),
    skip: experiment.flag('skip'),
    isPrivate,
    outcomes: experiment.texts('outcomes'),
    segments: experiment.list('segments'),
    exposureDataSource: experiment.has('exposure_signal')
      ? parseExposureSignal(experiment.table('exposure_signal'))
      : undefined,
  };
}

/** The console rejects days of the year 0000, and so does `parseDate`. */
function readDate(experiment: TableReader, key: string): Sourced<string> | undefined {
  const date = experiment.text(key);
  if (date === undefined || date.value === '') return undefined;
  if (parseDate(date.value) === undefined)
    throw experiment.error(key, `${JSON.stringify(date.value)} is not a date such as 2026-01-15`);
  return date;
}

function checkChoice(experiment: TableReader, key: string, allowed: readonly string[]): void {
  const text = experiment.text(key);
  if (text !== undefined) experiment.checkAllowed(key, text.value, allowed);
}

function parseExposureSignal(signal: TableReader): Sourced<string> {
  for (const key of ['name', 'select_expression', 'friendly_name', 'description']) signal.requiredText(key);
  return signal.requiredText('data_source');
}
