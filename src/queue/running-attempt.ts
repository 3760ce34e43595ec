/** A running attempt: its signal, and why it was stopped. */
import { ContrailError } from '../domain/errors.ts';

/**
 * `lock lost`: another worker may have the job, so it must not be touched. `cancelled`: the job ends for good. `shutdown`:
 * the job goes back to the queue.
 */
export type StopReason = 'lock lost' | 'cancelled' | 'shutdown';

/** The first of several reasons in this order counts: a lost lock forbids everything, and a cancelled job must not come back. */
const BY_WEIGHT: readonly StopReason[] = ['lock lost', 'cancelled', 'shutdown'];

const REASON_TEXT: Readonly<Record<StopReason, string>> = {
  'lock lost': 'The worker lost its hold on the job.',
  cancelled: 'The job was cancelled.',
  shutdown: 'The worker is shutting down.',
};

/** Joins the work of a handler to the signal that stops it. */
export class RunningAttempt {
  readonly #controller = new AbortController();
  #stopped: StopReason | undefined;
  #abandon: (() => void) | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the attempt was stopped: the weightiest reason, in any order of arrival. */
  get stopped(): StopReason | undefined {
    return this.#stopped;
  }

  /** Aborts the signal with a ContrailError, so that handlers can rethrow its reason. May be called twice. */
  stop(reason: StopReason): void {
    this.#stopped = BY_WEIGHT.find((candidate) => candidate === reason || candidate === this.#stopped);
    this.#controller.abort(new ContrailError('ABORTED', REASON_TEXT[reason]));
  }

  /** Ends the wait for a handler that ignores its signal. */
  abandon(): void {
    this.#abandon?.();
  }

  /** The handler's result, or a rejection once the attempt was abandoned. */
  async waitFor<Result>(work: Promise<Result>): Promise<Result> {
    // An abandoned handler may still fail; nobody waits for it then.
    work.catch(() => {});
    const abandoned = new Promise<never>((_resolve, reject) => {
      this.#abandon = () => reject(new ContrailError('ABORTED', 'The work did not stop when it was told to.'));
    });
    return Promise.race([work, abandoned]);
  }
}
