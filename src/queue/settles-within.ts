import { startTimer } from '../domain/wait.ts';

/** Whether a promise settles, well or not, before the time is over. Leaves no timer behind. */
export async function settlesWithin(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  let cancel: () => void = () => undefined;
  const limit = new Promise<boolean>((resolve) => {
    cancel = startTimer(limitMs, () => resolve(false));
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
