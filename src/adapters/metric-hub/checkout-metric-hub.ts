/** A checkout of metric-hub on disk, or a bare clone: the commits at HEAD. Fetches nothing. */
import type { Clock } from '../../ports/clock.ts';
import type { HubState, MetricHub } from '../../ports/metric-hub.ts';
import { GitRepository } from './git-repository.ts';
import { GitStates } from './git-state.ts';
import { DEFAULT_LIMITS, type MetricHubLimits } from './limits.ts';
import { SharedState } from './shared-state.ts';

export interface CheckoutMetricHubOptions {
  /** The configured folder. */
  readonly path: string;
  /** Its `.git`, or the folder itself if it is a bare clone. */
  readonly gitdir: string;
  /** How long HEAD is cached, milliseconds. */
  readonly refreshMs: number;
  readonly clock: Clock;
  readonly limits?: MetricHubLimits;
  readonly isPrivate?: boolean;
}

const LONGEST_CHECK_MS = 120_000;

/** Somebody else updates the checkout. Uncommitted changes do not count. */
export class CheckoutMetricHub implements MetricHub {
  readonly url: string;
  readonly isPrivate: boolean;
  readonly #clock: Clock;
  readonly #repository: GitRepository;
  readonly #states: GitStates;
  readonly #state: SharedState;

  constructor({
    path,
    gitdir,
    refreshMs,
    clock,
    limits = DEFAULT_LIMITS,
    isPrivate = false,
  }: CheckoutMetricHubOptions) {
    this.url = `file:${path}`;
    this.isPrivate = isPrivate;
    this.#clock = clock;
    this.#repository = new GitRepository(gitdir, limits);
    this.#states = new GitStates(this.#repository, this.url);
    this.#state = new SharedState({ url: this.url, refreshMs, clock, load: () => this.#load() });
  }

  current(signal: AbortSignal): Promise<HubState> {
    return this.#state.current(signal);
  }

  async #load(): Promise<HubState> {
    await this.#repository.checkPacks(this.#clock.timeout(LONGEST_CHECK_MS));
    const head = await this.#repository.resolve('HEAD');
    if (head === undefined) throw new Error('it has no commits');
    return this.#states.at(head);
  }
}
