/** The state of a repository for all callers. While the repository cannot be reached, the last good state is used. */
import { ContrailError, errorText } from '../../domain/errors.ts';
import { untilAborted } from '../../domain/until-aborted.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HubState } from '../../ports/metric-hub.ts';

export interface SharedStateOptions {
  /** The repository, for messages. */
  readonly url: string;
  /** How long a state is cached, milliseconds. */
  readonly refreshMs: number;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Looks the state up. Its own warning is passed on. */
  readonly load: () => Promise<HubState>;
}

/** One state for all callers: replaced atomically, looked up once for all that wait. */
export class SharedState {
  readonly #options: SharedStateOptions;
  #served: { readonly state: HubState; readonly since: number } | undefined;
  #lastGood: HubState | undefined;
  #lookingUp: Promise<HubState> | undefined;

  constructor(options: SharedStateOptions) {
    this.#options = options;
  }

  /** The current state, or the last good one with a warning. Throws METRIC_HUB_UNREADABLE if there was never one. */
  async current(signal: AbortSignal): Promise<HubState> {
    signal.throwIfAborted();
    const { clock, refreshMs } = this.#options;
    if (this.#served !== undefined && clock.monotonic() - this.#served.since < refreshMs) return this.#served.state;
    this.#lookingUp ??= this.#lookUp().finally(() => {
      this.#lookingUp = undefined;
    });
    return untilAborted(this.#lookingUp, signal);
  }

  async #lookUp(): Promise<HubState> {
    const state = await this.#load();
    this.#served = { state, since: this.#options.clock.monotonic() };
    return state;
  }

  async #load(): Promise<HubState> {
    const { url, load } = this.#options;
    try {
      this.#lastGood = await load();
      return this.#lastGood;
    } catch (error) {
      const unreadable = toUnreadable(url, error);
      if (this.#lastGood === undefined) throw unreadable;
      return { ...this.#lastGood, warning: staleWarning(unreadable.message, this.#lastGood) };
    }
  }
}

/** The warning for a state that may be old. */
export function staleWarning(reason: string, { newest }: Pick<HubState, 'newest'>): string {
  return `${reason} Its last good revision ${newest.id} was used.`;
}

/** Any error as METRIC_HUB_UNREADABLE with the repository's name. `shown` removes secrets from a reason. */
export function toUnreadable(
  url: string,
  error: unknown,
  shown: (text: string) => string = (text) => text,
): ContrailError {
  if (error instanceof ContrailError && error.code === 'METRIC_HUB_UNREADABLE') return error;
  // `fetch failed` says nothing; its cause does.
  const text = errorText(error instanceof Error && error.cause instanceof Error ? error.cause : error);
  const reason = shown(text);
  return unreadable(url, reason, reason === text ? error : undefined);
}

export function unreadable(url: string, reason: string, cause?: unknown): ContrailError {
  const message = `The metric definitions at ${url} cannot be read: ${reason.replace(/\.$/, '')}.`;
  const hint = 'CONTRAIL_METRIC_HUB names the repository, or a file: with a checkout or a copy of it.';
  return new ContrailError('METRIC_HUB_UNREADABLE', message, { subject: url, hint, cause });
}
