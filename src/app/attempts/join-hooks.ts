/** Hooks that count before the hooks that record. */
import type { AttemptHooks } from './attempt-hooks.ts';

/** Calls `counting`, which neither waits nor throws, and then `recording`. */
export function joinHooks(recording: AttemptHooks, counting: AttemptHooks | undefined): AttemptHooks {
  if (counting === undefined) return recording;
  return {
    async onOutcome(event) {
      void counting.onOutcome(event);
      await recording.onOutcome(event);
    },
    async onFailure(event) {
      void counting.onFailure(event);
      await recording.onFailure(event);
    },
    async onThrottled(event) {
      void counting.onThrottled(event);
      await recording.onThrottled(event);
    },
    async onParked(event) {
      void counting.onParked(event);
      await recording.onParked(event);
    },
  };
}
