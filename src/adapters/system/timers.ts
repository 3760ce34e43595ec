/** Timers of any length. A Node timer holds at most 24.8 days and fires at once for anything longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Calls back once after that time. Returns a function that cancels it. */
export function startTimer(ms: number, callBack: () => void): () => void {
  if (Number.isNaN(ms)) throw new RangeError('a timer cannot last NaN milliseconds');
  let left = ms;
  let timer: ReturnType<typeof setTimeout>;
  const startPart = (): void => {
    const part = Math.min(left, LONGEST_TIMER_MS);
    left -= part;
    timer = setTimeout(left > 0 ? startPart : callBack, part);
  };
  startPart();
  return () => clearTimeout(timer);
}

/** Resolves after that time; rejects with the signal's reason as soon as it aborts. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      cancel();
      reject(signal?.reason instanceof Error ? signal.reason : new Error(String(signal?.reason)));
    };
    const cancel = startTimer(ms, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** Aborts with a TimeoutError after that time. Like `AbortSignal.timeout`, it keeps no process alive. */
export function timeout(ms: number): AbortSignal {
  if (ms <= LONGEST_TIMER_MS) return AbortSignal.timeout(Math.ceil(ms));
  const ending = new AbortController();
  AbortSignal.timeout(LONGEST_TIMER_MS).addEventListener('abort', () => {
    const last = timeout(ms - LONGEST_TIMER_MS);
    last.addEventListener('abort', () => ending.abort(last.reason));
  });
  return ending.signal;
}
