/** Tells of work that takes long, again and again until it is over: nobody else knows before it ends. */
import type { Clock } from '../ports/clock.ts';

/** Longer than the largest usual export takes. */
const SLOW_MS = 15 * 60_000;
const AGAIN_MS = 10 * 60_000;

/** Returns what ends the watch. */
export function watchSlowWork(clock: Pick<Clock, 'startTimer'>, tell: () => void): () => void {
  const tellAndGoOn = (): void => {
    cancel = clock.startTimer(AGAIN_MS, tellAndGoOn);
    tell();
  };
  let cancel = clock.startTimer(SLOW_MS, tellAndGoOn);
  return () => cancel();
}
