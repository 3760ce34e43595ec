import type { Clock } from '../ports/clock.ts';

/** Whether a promise settles, well or not, before the time is over. Leaves no timer behind. */
export async function settlesWithin(promise: Promise<unknown>, limitMs: number, clock: Clock): Promise<boolean> {
  let cancel: () => void = () => undefined;
  const limit = new Promise<boolean>((resolve) => {
    cancel = clock.startTimer(limitMs, () => resolve(false));
  });
  try {
    return await Promise.race([promise.then(isTrue, isTrue), limit]);
  } finally {
    cancel();
  }
}

function isTrue(): boolean {
  return true;
}
