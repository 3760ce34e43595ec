/** Where metric-hub differs from the experiments API (spec: metadata, section 7). */
import type { ExperimentFields } from './configuration.ts';
import type { ReadExperiment } from '../domain/read-experiment.ts';

/** As in the file, with its order of keys. */
export interface ExternalConfig {
  readonly reference_branch: string | null;
  readonly end_date: string | null;
  readonly start_date: string | null;
  readonly enrollment_period: number | null;
  readonly skip: boolean;
  readonly url: string;
}

export interface EffectiveDates {
  readonly startDate: string | null;
  readonly endDate: string | null;
}

const CONFIGURATION_URL = 'https://github.com/mozilla/metric-hub/blob/main/jetstream';
const DAY_MS = 86_400_000;

/** The effective dates: those of metric-hub, else those of the API. */
export function effectiveDates(settings: ExperimentFields, experiment: ReadExperiment): EffectiveDates {
  return {
    startDate: settings.startDate?.value ?? experiment.startDate,
    endDate: settings.endDate?.value ?? experiment.endDate,
  };
}

/** The object for the file; null if no effective value differs from the API's. */
export function externalConfigOf(settings: ExperimentFields, experiment: ReadExperiment): ExternalConfig | null {
  const { startDate, endDate } = effectiveDates(settings, experiment);
  const referenceBranch = settings.referenceBranch?.value || experiment.referenceBranch;
  // Zero counts as not set here, but not for the period below. The reference implementation does the same.
  const proposed = settings.enrollmentPeriod?.value || experiment.proposedEnrollment;
  const differs =
    referenceBranch !== experiment.referenceBranch ||
    startDate !== experiment.startDate ||
    endDate !== experiment.endDate ||
    proposed !== experiment.proposedEnrollment;
  if (!differs) return null;
  const period = settings.enrollmentPeriod?.value ?? observedPeriod(experiment, startDate);
  return {
    reference_branch: unlessEqual(referenceBranch, experiment.referenceBranch),
    end_date: unlessEqual(endDate, experiment.endDate),
    start_date: unlessEqual(startDate, experiment.startDate),
    enrollment_period: unlessEqual(period, experiment.proposedEnrollment),
    skip: settings.skip?.value ?? false,
    url: `${CONFIGURATION_URL}/${experiment.slug}.toml`,
  };
}

/** Days from the start to the end of enrollment, inclusive; the plan if one of them is unknown. */
function observedPeriod({ enrollmentEndDate, proposedEnrollment }: ReadExperiment, startDate: string | null): number {
  if (enrollmentEndDate === null || startDate === null) return proposedEnrollment;
  return (midnight(enrollmentEndDate) - midnight(startDate)) / DAY_MS + 1;
}

function midnight(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}

function unlessEqual<Value>(effective: Value, ofApi: Value): Value | null {
  return effective === ofApi ? null : effective;
}
