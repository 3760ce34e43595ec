/** What metric-hub sets otherwise than the experiments API says (spec: metadata, section 7). */
import type { ExperimentFields } from './configuration.ts';
import type { ReadExperiment } from '../domain/read-experiment.ts';

/** As the file holds it, in the order of the keys. */
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

/** The dates that count: those set in metric-hub, else those of the API. */
export function effectiveDates(settings: ExperimentFields, experiment: ReadExperiment): EffectiveDates {
  return {
    startDate: settings.startDate?.value ?? experiment.startDate,
    endDate: settings.endDate?.value ?? experiment.endDate,
  };
}

/** The object of the file, or null where no effective value differs from the API's. */
export function externalConfigOf(settings: ExperimentFields, experiment: ReadExperiment): ExternalConfig | null {
  const { startDate, endDate } = effectiveDates(settings, experiment);
  const referenceBranch = settings.referenceBranch?.value || experiment.referenceBranch;
  // Zero counts as not set here, but not for the period below: so does the reference.
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

/** Days from the start to the end of enrollment, both counted; the plan where one of them is not known. */
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
