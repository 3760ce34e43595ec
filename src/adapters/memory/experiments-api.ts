/** The list of experiments, kept in memory. */
import type { ExperimentList, ExperimentsApi } from '../../ports/experiments-api.ts';
import { numberRecords, parseExperiments } from '../experiment-records/experiment-record.ts';

/** Experiments in records as the API gives them; an `Experiment` is one too. */
export class MemoryExperimentsApi implements ExperimentsApi {
  readonly url = 'memory:';
  #records: readonly unknown[];

  constructor(records: readonly unknown[]) {
    this.#records = records;
  }

  /** What the API gives from now on. */
  replace(records: readonly unknown[]): void {
    this.#records = records;
  }

  async list(signal: AbortSignal): Promise<ExperimentList> {
    signal.throwIfAborted();
    return parseExperiments(numberRecords(this.#records));
  }
}
