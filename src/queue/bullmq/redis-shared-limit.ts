/** One limit of one process, with what Redis knows of it. */
import type { SharedLimit, TurnCounts } from '../../ports/shared-limit.ts';

/** What a process tells Redis of a limit. */
export interface TurnReport {
  readonly ended: readonly string[];
  readonly held: readonly string[];
  readonly waiting: readonly string[];
}

export interface RedisSharedLimitOptions {
  readonly process: string;
  /** Resolves to those of the waiting turns that have begun. Rejects within seconds if Redis is away. */
  readonly synchronise: (report: TurnReport) => Promise<readonly string[]>;
  /** Called after each attempt to reach Redis. */
  readonly onReached: (error?: unknown) => void;
}

interface Turn {
  hasBegun: boolean;
  readonly begin: () => void;
}

/**
 * Begins, ends and renews turns with one command for all changes since the last. While Redis is away, all turns begin at
 * once; when it is back, those count that still go on.
 */
export class RedisSharedLimit implements SharedLimit {
  readonly #options: RedisSharedLimitOptions;
  readonly #turns = new Map<string, Turn>();
  /** Ended, which Redis may not know yet. */
  readonly #ended = new Set<string>();
  #count = 0;
  #isAway = false;
  #hasChanged = false;
  #synchronising: Promise<void> | undefined;

  constructor(options: RedisSharedLimitOptions) {
    this.#options = options;
  }

  acquire(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const id = `${this.#options.process}/${(this.#count += 1)}`;
      const giveUp = (): void => {
        this.#end(id);
        reject(signal.reason);
      };
      const begin = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve(() => this.#end(id));
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#turns.set(id, { hasBegun: false, begin });
      if (this.#isAway) this.#begin([id]);
      else this.#changed();
    });
  }

  counts(): Pick<TurnCounts, 'held' | 'waiting'> {
    const held = [...this.#turns.values()].filter(({ hasBegun }) => hasBegun).length;
    return { held, waiting: this.#turns.size - held };
  }

  /** Resolves when Redis knows everything, or is away. */
  settled(): Promise<void> {
    return this.#synchronising ?? Promise.resolve();
  }

  /** Renews the leases, and looks for turns that have begun. */
  look(): void {
    if (this.#turns.size > 0 || this.#ended.size > 0 || this.#isAway) this.#synchronise();
  }

  #end(id: string): void {
    if (!this.#turns.delete(id)) return;
    this.#ended.add(id);
    this.#changed();
  }

  /** While Redis is away, only looks reach for it. */
  #changed(): void {
    if (!this.#isAway) this.#synchronise();
  }

  #synchronise(): void {
    this.#hasChanged = true;
    this.#synchronising ??= this.#untilUnchanged();
  }

  async #untilUnchanged(): Promise<void> {
    while (this.#hasChanged) {
      this.#hasChanged = false;
      await this.#report();
    }
    // In the same step as the last look at the flag: whatever changes from now on begins another round.
    this.#synchronising = undefined;
  }

  async #report(): Promise<void> {
    const { synchronise, onReached } = this.#options;
    const ended = [...this.#ended];
    const ids = [...this.#turns];
    const held = ids.flatMap(([id, { hasBegun }]) => (hasBegun ? [id] : []));
    const waiting = ids.flatMap(([id, { hasBegun }]) => (hasBegun ? [] : [id]));
    try {
      const begun = await synchronise({ ended, held, waiting });
      this.#isAway = false;
      for (const id of ended) this.#ended.delete(id);
      this.#begin(begun);
      onReached();
    } catch (error) {
      this.#isAway = true;
      this.#hasChanged = false;
      this.#begin(this.#turns.keys());
      onReached(error);
    }
  }

  #begin(ids: Iterable<string>): void {
    for (const id of ids) {
      const turn = this.#turns.get(id);
      if (turn === undefined || turn.hasBegun) continue;
      turn.hasBegun = true;
      turn.begin();
    }
  }
}
