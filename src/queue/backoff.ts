/** How long to wait before the next try. Jitter keeps many jobs that failed together from coming back together. */
import type { RetryPolicy } from '../jobs/job-kind.ts';

/** A number from 0 up to, not including, 1. */
export type Random = () => number;

export interface ThrottlePolicy {
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}

/**
 * Full jitter over a doubling, capped delay: anything from 1 ms to the cap of that attempt. At least 1, because BullMQ
 * puts a delay of 0 past the jobs that wait.
 */
export function backoffDelayMs(policy: RetryPolicy, failedAttempts: number, random: Random): number {
  const cap = doubled(policy.firstDelayMs, failedAttempts, policy.longestDelayMs);
  return Math.max(1, Math.floor(random() * cap));
}

/** How long a throttled queue rests: doubling with each refusal in a row, half of it by chance, never nothing. */
export function throttleDelayMs(policy: ThrottlePolicy, refusalsInARow: number, random: Random): number {
  const cap = doubled(policy.firstDelayMs, refusalsInARow, policy.longestDelayMs);
  return Math.max(1, Math.floor(cap / 2 + (random() * cap) / 2));
}

function doubled(first: number, times: number, longest: number): number {
  return Math.min(longest, first * 2 ** Math.min(Math.max(times, 1) - 1, 50));
}
