/** Random delays before the next attempt; `fraction` is at least 0 and below 1. Jitter keeps jobs that failed together from coming back together. */
import type { RetryPolicy } from '../jobs/job-kind.ts';

export interface ThrottlePolicy {
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}

/**
 * Full jitter over a doubling, capped delay: anything from 1 ms to the cap of that attempt. At least 1, because BullMQ
 * puts a delay of 0 past the jobs that wait.
 */
export function backoffDelayMs(policy: RetryPolicy, failedAttempts: number, fraction: number): number {
  const cap = doubled(policy.firstDelayMs, failedAttempts, policy.longestDelayMs);
  return Math.max(1, Math.floor(fraction * cap));
}

/** How long a throttled queue rests: doubles with each consecutive refusal; half of it is random. */
export function throttleDelayMs(policy: ThrottlePolicy, refusalsInARow: number, fraction: number): number {
  const cap = doubled(policy.firstDelayMs, refusalsInARow, policy.longestDelayMs);
  return Math.max(1, Math.floor(cap / 2 + (fraction * cap) / 2));
}

function doubled(first: number, times: number, longest: number): number {
  return Math.min(longest, first * 2 ** Math.min(Math.max(times, 1) - 1, 50));
}
