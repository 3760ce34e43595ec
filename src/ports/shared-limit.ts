/** Limits how much of something goes on at once. Those that wait get their turns in the order in which they came. */

export interface SharedLimit {
  /**
   * Resolves at the caller's turn with a function that ends it (may be called twice). Rejects with the reason of an abort,
   * which gives up the place in the line. Whoever holds a turn must not wait for another one of the same limit.
   */
  acquire(signal: AbortSignal): Promise<() => void>;
}

/** The turns of one limit in this process. */
export interface TurnCounts {
  readonly limit: string;
  readonly held: number;
  readonly waiting: number;
}

/** Runs work in a turn; at once if there is no limit. */
export async function inTurn<Result>(
  limit: SharedLimit | undefined,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const endTurn = await limit?.acquire(signal);
  try {
    return await work();
  } finally {
    endTurn?.();
  }
}

/** A turn of the first limit, and then one of the second. */
export function bothLimits(first: SharedLimit, second: SharedLimit | undefined): SharedLimit {
  if (second === undefined) return first;
  return {
    async acquire(signal) {
      const endFirst = await first.acquire(signal);
      try {
        const endSecond = await second.acquire(signal);
        return () => {
          endSecond();
          endFirst();
        };
      } catch (error) {
        endFirst();
        throw error;
      }
    },
  };
}
