/** An experiment as Contrail knows it from the experiments API (v8). */
import type { ConsoleRecord } from './console-record.ts';
import type { ContrailError } from './errors.ts';
import type { RecordedFacts } from './expected-files.ts';
import type { TracedRecord } from './trace/traced-record.ts';

export interface BranchRatio {
  readonly slug: string;
  readonly ratio: number;
}

export interface Experiment {
  readonly slug: string;
  readonly appName: string;
  readonly startDate: string | null;
  readonly endDate: string | null;
  readonly enrollmentEndDate: string | null;
  /**
   * What the analysis plans with. Only the metadata file needs it, so other exports work with a record that lacks it.
   * Absent if it was not requested.
   */
  readonly plan?: ExperimentPlan | { readonly problem: string };
  /** What decides which of its results are expected; absent if it was not requested. */
  readonly results?: RecordedFacts;
  /** What its statistics files depend on; absent if it was not requested. */
  readonly console?: ConsoleRecord;
  /** What only its trace depends on; absent if it was not requested. */
  readonly trace?: TracedRecord;
  /** Branches with their ratios; empty if they cannot be read, absent if they were not requested. */
  readonly branchRatios?: readonly BranchRatio[];
}

/** The part of a record that the metadata file uses (spec: metadata, section 2). */
export interface ExperimentPlan {
  /** Slugs in the record's order; may repeat. */
  readonly outcomes: readonly string[];
  readonly segments: readonly string[];
  /** In days. */
  readonly proposedEnrollment: number;
  readonly referenceBranch: string | null;
}

/** What the experiments API lists. */
export interface ExperimentList {
  readonly experiments: readonly Experiment[];
  /** One EXPERIMENT_MALFORMED for each record that could not be read; the others are in the list. */
  readonly malformed: readonly { readonly slug?: string; readonly error: ContrailError }[];
  /** One EXPERIMENT_MALFORMED for each listed experiment with invalid fields that count as absent. */
  readonly flawed: readonly ContrailError[];
}
