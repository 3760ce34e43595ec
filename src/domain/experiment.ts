/** What Contrail knows of an experiment from the experiments API (v8). */
import type { ConsoleRecord } from './console-record.ts';
import type { ContrailError } from './errors.ts';

export interface Experiment {
  readonly slug: string;
  readonly appName: string;
  readonly startDate: string | null;
  readonly endDate: string | null;
  readonly enrollmentEndDate: string | null;
  /**
   * What the analysis plans with. Only the metadata file needs it, so a record that does not tell it serves for all else.
   * Absent where the record was not asked for it.
   */
  readonly plan?: ExperimentPlan | { readonly problem: string };
  /** What decides on its statistics files; absent where the record was not asked for it. */
  readonly console?: ConsoleRecord;
}

/** The part of a record that the metadata file is made of (spec: metadata, section 2). */
export interface ExperimentPlan {
  /** Slugs, in the record's order; one may come twice. */
  readonly outcomes: readonly string[];
  readonly segments: readonly string[];
  /** Days. */
  readonly proposedEnrollment: number;
  readonly referenceBranch: string | null;
}

/** What the experiments API lists. */
export interface ExperimentList {
  readonly experiments: readonly Experiment[];
  /** One EXPERIMENT_MALFORMED for each record that could not be read; the others are in the list. */
  readonly malformed: readonly { readonly slug?: string; readonly error: ContrailError }[];
}
