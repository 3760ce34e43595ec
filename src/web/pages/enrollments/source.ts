/** What the pages of enrollments need. */
import type { AlertInputs } from '../../../alerts/inputs.ts';
import type { DatedTotals } from '../../../alerts/enrollment-trend.ts';
import type { RuleLimits } from '../../../alerts/rule.ts';
import type { Part } from '../../part.ts';

export interface EnrollmentsReading {
  /** The inputs of the rules; sources that no enrollment rule needs are missing. */
  readonly inputs: AlertInputs;
  /** Thresholds by rule that differ from the defaults, as the check of the alerts takes them. */
  readonly limits: Readonly<Record<string, RuleLimits>>;
}

export interface DatedEnrollments {
  readonly totals: readonly DatedTotals[];
  /** Files that cannot be read, with the reason. */
  readonly unreadable: readonly string[];
}

export interface EnrollmentsSource {
  read(signal: AbortSignal): Promise<Part<EnrollmentsReading>>;
  /** The totals of the last days. */
  history(slug: string, signal: AbortSignal): Promise<Part<DatedEnrollments>>;
}
