/** Caches the list of experiments, so that jobs of a process at about the same time share one request. */
import { untilAborted } from '../../domain/until-aborted.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExperimentList } from '../../domain/experiment.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';

export interface KeptExperimentsOptions {
  readonly api: ExperimentsApi;
  /** How long to keep a list, milliseconds. */
  readonly keepMs: number;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Failures are not cached: the next caller tries again. An abort ends only its caller's wait. */
export class KeptExperimentsApi implements ExperimentsApi {
  readonly url: string;
  readonly #options: KeptExperimentsOptions;
  #kept: { readonly askedAt: number; readonly list: Promise<ExperimentList> } | undefined;

  constructor(options: KeptExperimentsOptions) {
    this.url = options.api.url;
    this.#options = options;
  }

  list(signal: AbortSignal): Promise<ExperimentList> {
    const now = this.#options.clock.monotonic();
    const kept = this.#kept;
    const isYoung = kept !== undefined && now - kept.askedAt < this.#options.keepMs;
    return untilAborted(isYoung ? kept.list : this.#ask(now), signal);
  }

  /** Never a kept one: the table is to have what there is now. */
  fetch(signal: AbortSignal): Promise<unknown> {
    return this.#options.api.fetch(signal);
  }

  #ask(askedAt: number): Promise<ExperimentList> {
    // The request is shared, so a single caller's abort must not end it.
    const asked = { askedAt, list: this.#options.api.list(new AbortController().signal) };
    this.#kept = asked;
    asked.list.catch(() => {
      if (this.#kept === asked) this.#kept = undefined;
    });
    return asked.list;
  }
}
