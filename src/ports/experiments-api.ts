/** The list of experiments. */
import type { ExperimentList } from '../domain/experiment.ts';

export interface ExperimentsApi {
  /** The source of the list, for messages. */
  readonly url: string;
  /** All experiments except drafts, for planning. Throws EXPERIMENTS_UNREADABLE if the whole list cannot be read. */
  list(signal: AbortSignal): Promise<ExperimentList>;
  /**
   * The raw records for the table that copies them: parsed JSON, not validated, never cached. Throws
   * EXPERIMENTS_UNREADABLE if there is no reply, or its status is not 2xx.
   */
  fetch(signal: AbortSignal): Promise<unknown>;
}
