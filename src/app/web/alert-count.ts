/** How many alerts are open, for the navigation of every page: as of at most so long ago, and nobody waits for it. */
import { countAlerts } from '../../alerts/snapshot.ts';
import type { AlertIndex } from '../../ports/alert-index.ts';
import type { Clock } from '../../ports/clock.ts';

const EVERY_MS = 15_000;

/** Undefined until it is known, and while Redis does not answer. */
export function openAlertCount(index: Pick<AlertIndex, 'read' | 'silences'>, clock: Clock): () => number | undefined {
  let count: number | undefined;
  let askedAt: number | undefined;
  const ask = async (): Promise<void> => {
    try {
      const [snapshot, silences] = await Promise.all([index.read(), index.silences()]);
      count = snapshot === undefined ? undefined : countAlerts(snapshot, silences, clock.now()).open;
    } catch {
      // The page of alerts says why; a number in the navigation is left out.
      count = undefined;
    }
  };
  return () => {
    if (askedAt === undefined || clock.monotonic() - askedAt >= EVERY_MS) {
      askedAt = clock.monotonic();
      void ask();
    }
    return count;
  };
}
