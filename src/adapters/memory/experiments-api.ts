/** The list of experiments, kept in memory. */
import type { ExperimentList } from '../../domain/experiment.ts';
import { numberRecords, parseExperiments } from '../../experiment-record/planning-view.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';

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

  async fetch(signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    return this.#records;
  }
}
