/** What the queue does about a failure. */
import type { FailureClass } from '../domain/errors.ts';

/**
 * `retry`: again later, the attempt is charged. `throttle`: the whole queue rests, then again, nothing is charged. `fail`:
 * for good; the job keeps its id until it is renewed.
 */
export type FailureDecision = 'retry' | 'throttle' | 'fail';

export interface FailedAttempt {
  readonly failureClass: FailureClass;
  /** 1 for the first attempt that counts. */
  readonly attempt: number;
  /** How many attempts the job has in all. */
  readonly attempts: number;
}

/** Decides by the failure's class. Only failures that may pass are retried, and only while attempts are left. */
export function decideFailure({ failureClass, attempt, attempts }: FailedAttempt): FailureDecision {
  switch (failureClass) {
    case 'transient':
      return attempt < attempts ? 'retry' : 'fail';
    case 'throttled':
      return 'throttle';
    case 'environment':
    case 'content':
    case 'usage':
      return 'fail';
  }
}
