/** Ctrl-C and SIGTERM as an abort signal. */
import { ContrailError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';

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

/** How long a command may take to end beyond the time that running work is given. */
const LAST_STEPS_MS = 4_500;

/**
 * Ends the process when it is still there some seconds after its running work should have ended: a service that does not
 * answer must not keep it. Records that could not be sent wait on the disk.
 */
export function exitAfter(
  drainMs: number,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  code = 0,
): void {
  // Keeps no process alive: where all ends well, nothing is left to wait for.
  clock.timeout(drainMs + LAST_STEPS_MS).addEventListener('abort', () => {
    log.warn({ drainMs }, 'something did not end in time: the process ends without it');
    process.exit(code);
  });
}
