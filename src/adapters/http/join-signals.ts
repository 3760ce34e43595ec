/** Several reasons to stop as one signal. Unlike `AbortSignal.any` it lets go of its sources when the work has ended. */
export interface JoinedSignal {
  readonly signal: AbortSignal;
  release(): void;
}

export function joinSignals(sources: readonly AbortSignal[]): JoinedSignal {
  const joined = new AbortController();
  const stops = sources.map((source) => {
    const stop = (): void => joined.abort(source.reason);
    if (source.aborted) stop();
    else source.addEventListener('abort', stop, { once: true });
    return () => source.removeEventListener('abort', stop);
  });
  return { signal: joined.signal, release: () => stops.forEach((stop) => stop()) };
}
