/** A place where work waits until the test lets it go on. */
export interface Gate {
  readonly passed: Promise<void>;
  readonly open: () => void;
}

export function makeGate(): Gate {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

/** Resolves when the signal is aborted, with its reason. */
export function abortOf(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    const tell = () => resolve(signal.reason);
    if (signal.aborted) tell();
    else signal.addEventListener('abort', tell, { once: true });
  });
}
