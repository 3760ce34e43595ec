/** Rows of `experimenter_experiments_v1` (spec: monitoring, section 3). */
import type { JsonValue } from './json-value.ts';

export type ExperimentStatus = 'Live' | 'Complete';

/** The columns in the table's order; dates are `YYYY-MM-DD` in UTC. A type, because TypeScript does not accept an interface as a JSON record. */
export type ExperimentRow = {
  /** Always NULL; kept for old readers. */
  readonly experimenter_slug: null;
  readonly normandy_slug: string;
  /** Constant, whatever the version of the API. */
  readonly type: 'v6';
  readonly status: ExperimentStatus;
  readonly start_date: string | null;
  readonly end_date: string | null;
  readonly enrollment_end_date: string | null;
  readonly proposed_enrollment: number;
  readonly reference_branch: string | null;
  readonly is_high_population: false;
  readonly branches: readonly ExperimentBranch[];
  readonly app_id: string;
  readonly app_name: string;
  readonly channel: string;
  readonly channels: readonly string[];
  readonly targeting: string;
  /** A fraction, usually 0 to 1. */
  readonly targeted_percent: number;
  readonly namespace: string | null;
  readonly randomization_unit: string | null;
  readonly feature_ids: readonly string[];
  readonly is_rollout: boolean;
  readonly outcomes: readonly string[];
  readonly segments: readonly string[];
  readonly is_firefox_labs_opt_in: boolean;
  readonly is_enrollment_paused: boolean | null;
};

export type ExperimentBranch = {
  readonly slug: string;
  readonly ratio: number;
  /** As in the recipe: `[{featureId, value}]`. */
  readonly features: readonly JsonValue[] | null;
};

/** `Complete` if the end has passed; `Live` without an end, a start, or both. Times in microseconds. */
export function experimentStatus(end: number | null, now: number): ExperimentStatus {
  return end !== null && end <= now ? 'Complete' : 'Live';
}
