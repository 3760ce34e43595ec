/** Ctrl-C and SIGTERM as an abort signal. */
import { ContrailError } from '../domain/errors.ts';

export interface SignalAbort {
  readonly signal: AbortSignal;
  /** Gives the signals back to Node. */
  readonly release: () => void;
}

/** Aborts at the first SIGINT or SIGTERM, so that work is left tidily; a second one ends the process at once. */
export function abortOnSignals(onFirst: (name: NodeJS.Signals) => void = () => undefined): SignalAbort {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(130);
    onFirst(name);
    controller.abort(new ContrailError('ABORTED', `Stopped by ${name}; nothing was left half-done.`));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
