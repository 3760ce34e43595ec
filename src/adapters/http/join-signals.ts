import { setMaxListeners } from 'node:events';

/** Joins several signals. Unlike `AbortSignal.any`, it removes its listeners when the work has ended. */
export interface JoinedSignal {
  readonly signal: AbortSignal;
  release(): void;
}

export function joinSignals(sources: readonly AbortSignal[]): JoinedSignal {
  const joined = new AbortController();
  const stops = sources.map((source) => {
    const stop = (): void => joined.abort(source.reason);
    // Many requests of one job share its signal, and each removes its listener: no leak, although Node would warn at eleven.
    setMaxListeners(0, source);
    if (source.aborted) stop();
    else source.addEventListener('abort', stop, { once: true });
    return () => source.removeEventListener('abort', stop);
  });
  return { signal: joined.signal, release: () => stops.forEach((stop) => stop()) };
}
