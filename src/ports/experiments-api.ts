/** The list of experiments. */
import type { ExperimentList } from '../domain/experiment.ts';

export interface ExperimentsApi {
  /** Where the list comes from, for messages. */
  readonly url: string;
  /** All experiments that are not drafts, as planning needs them. Throws EXPERIMENTS_UNREADABLE when the list cannot be had at all. */
  list(signal: AbortSignal): Promise<ExperimentList>;
  /**
   * The records as they come, for the table that copies them: parsed as JSON but not looked at, and asked for each time.
   * Throws EXPERIMENTS_UNREADABLE where there is no answer, or one without a list's status.
   */
  fetch(signal: AbortSignal): Promise<unknown>;
}
