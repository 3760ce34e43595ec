/** A list of experiments that is asked for once, however many jobs of a process want it at about the same time. */
import { untilAborted } from '../../domain/until-aborted.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExperimentList } from '../../domain/experiment.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';

export interface KeptExperimentsOptions {
  readonly api: ExperimentsApi;
  /** How long a list serves, in milliseconds. */
  readonly keepMs: number;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** A list that could not be had is not kept: the next caller asks again. An abort ends its caller's waiting alone. */
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
    // The asking is shared, so no single caller's abort may end it.
    const asked = { askedAt, list: this.#options.api.list(new AbortController().signal) };
    this.#kept = asked;
    asked.list.catch(() => {
      if (this.#kept === asked) this.#kept = undefined;
    });
    return asked.list;
  }
}
