/** Ctrl-C and SIGTERM as an abort signal. */
import { ContrailError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';

export interface SignalAbort {
  readonly signal: AbortSignal;
  /** Removes the signal handlers. */
  readonly release: () => void;
}

/** Aborts at the first SIGINT or SIGTERM, so that work can end cleanly. A second one ends the process at once. */
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

/** Extra time to end after the drain timeout. */
const LAST_STEPS_MS = 4_500;

/** Ends the process if it still runs some seconds after its drain timeout. Unsent records are safe on disk. */
export function exitAfter(
  drainMs: number,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  code = 0,
): void {
  // The timer does not keep the process alive.
  clock.timeout(drainMs + LAST_STEPS_MS).addEventListener('abort', () => {
    log.warn({ drainMs }, 'drain timeout exceeded: ending the process');
    process.exit(code);
  });
}
