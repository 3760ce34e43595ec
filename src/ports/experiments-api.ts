/** The list of experiments. */
import type { ContrailError } from '../domain/errors.ts';
import type { Experiment } from '../domain/experiment.ts';

export interface ExperimentList {
  readonly experiments: readonly Experiment[];
  /** One EXPERIMENT_MALFORMED for each record that could not be read; the others are in the list. */
  readonly malformed: readonly { readonly slug?: string; readonly error: ContrailError }[];
}

export interface ExperimentsApi {
  /** Where the list comes from, for messages. */
  readonly url: string;
  /** All experiments that are not drafts. Throws EXPERIMENTS_UNREADABLE when the list cannot be had at all. */
  list(signal: AbortSignal): Promise<ExperimentList>;
}
