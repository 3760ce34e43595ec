/** A thing that happens and can be waited for, so that tests need not sleep. */
export interface Signal<Value> {
  /** Resolves with the first value that was or will be told and fits. */
  next(fits?: (value: Value) => boolean): Promise<Value>;
  tell(value: Value): void;
  /** All that was told so far. */
  readonly told: readonly Value[];
}

/** A signal that remembers what it was told; whoever waits late still hears it. */
export function makeSignal<Value>(): Signal<Value> {
  const told: Value[] = [];
  const waiting = new Set<() => void>();
  return {
    told,
    tell(value) {
      told.push(value);
      for (const look of waiting) look();
    },
    next(fits = () => true) {
      return new Promise((resolve) => {
        const look = () => {
          const found = told.findIndex(fits);
          if (found === -1) return;
          waiting.delete(look);
          const value = told[found];
          if (value !== undefined) resolve(value);
        };
        waiting.add(look);
        look();
      });
    },
  };
}
