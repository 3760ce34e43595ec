/** Hooks of several listeners as one. */
import type { WorkerHooks } from '../../queue/worker-events.ts';
import type { AttemptHooks } from './attempt-hooks.ts';

/** Calls `counting`, which neither waits nor throws, and then, at the same time, those that record. */
export function joinHooks(
  recording: readonly Pick<WorkerHooks, keyof AttemptHooks>[],
  counting: AttemptHooks | undefined,
): AttemptHooks {
  return {
    async onOutcome(event) {
      void counting?.onOutcome(event);
      await Promise.all(recording.map(async (hooks) => hooks.onOutcome?.(event)));
    },
    async onFailure(event) {
      void counting?.onFailure(event);
      await Promise.all(recording.map(async (hooks) => hooks.onFailure?.(event)));
    },
    async onThrottled(event) {
      void counting?.onThrottled(event);
      await Promise.all(recording.map(async (hooks) => hooks.onThrottled?.(event)));
    },
    async onParked(event) {
      void counting?.onParked(event);
      await Promise.all(recording.map(async (hooks) => hooks.onParked?.(event)));
    },
    onSlow(event) {
      counting?.onSlow(event);
      for (const hooks of recording) hooks.onSlow?.(event);
    },
  };
}
