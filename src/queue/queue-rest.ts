/** When the workers of a queue rest because a service throttles, and since when it has been throttling. */
import { type ThrottlePolicy, throttleDelayMs } from './backoff.ts';

/** Without refusals for this long, the first attempt that ends well ends the throttling. Longer than any rest. */
const CALM_MS = 2 * 60_000;
/** Throttling also ends when nobody has been refused for this long. Shorter than the threshold of alert T1. */
const FORGOTTEN_AFTER_MS = 10 * 60_000;

export interface Refusal {
  /** How long ago the attempt began. */
  readonly ranMs: number;
  /** How long to rest after the first refusal in a row, the second and so on; the last for all further ones. */
  readonly delaysMs: readonly number[];
}

/**
 * The rest of one queue, shared by all its workers. Attempts that run at the same time are refused at the same time, which
 * counts as one refusal. So rests grow only with refusals of attempts that began after the last rest, and are short again
 * after such an attempt succeeds.
 */
export interface QueueRest {
  /** An attempt was refused. Resolves to how long the queue rests because of it; 0 if an earlier rest is enough. */
  refused(refusal: Refusal): Promise<number>;
  /** An attempt that began that long ago succeeded. Never fails; what it says can be lost. */
  succeeded(ranMs: number): Promise<void>;
}

export interface QueueRestLimits {
  readonly calmMs: number;
  readonly forgottenAfterMs: number;
}

export const REST_LIMITS: QueueRestLimits = { calmMs: CALM_MS, forgottenAfterMs: FORGOTTEN_AFTER_MS };

/** Times in milliseconds since 1970. */
export interface Throttling {
  readonly since: number;
  readonly refusedAt: number;
  readonly restsUntil: number;
  readonly restsInARow: number;
  /** Unless something happens before. */
  readonly endsAt: number;
}

export function restDelaysMs(policy: ThrottlePolicy, fraction: number): number[] {
  const doublings = Math.ceil(Math.log2(policy.longestDelayMs / policy.firstDelayMs));
  const lengths = Math.min(50, Math.max(0, doublings)) + 1;
  return Array.from({ length: lengths }, (_, index) => throttleDelayMs(policy, index + 1, fraction));
}

/** The same as the script of `RedisQueueRest`. */
export function afterRefusal(
  known: Throttling | undefined,
  { ranMs, delaysMs, now }: Refusal & { readonly now: number },
  { forgottenAfterMs }: QueueRestLimits = REST_LIMITS,
): { readonly throttling: Throttling; readonly restMs: number } {
  const current = known !== undefined && now < known.endsAt ? known : undefined;
  const { since = now, restsUntil = 0, restsInARow = 0 } = current ?? {};
  const refused = { since, refusedAt: now, endsAt: now + forgottenAfterMs };
  if (now - ranMs < restsUntil) return { throttling: { ...refused, restsUntil, restsInARow }, restMs: 0 };
  const restMs = delaysMs[Math.min(restsInARow, delaysMs.length - 1)] ?? 0;
  return { throttling: { ...refused, restsUntil: now + restMs, restsInARow: restsInARow + 1 }, restMs };
}

export function afterSuccess(
  known: Throttling,
  { ranMs, now }: { readonly ranMs: number; readonly now: number },
  { calmMs }: QueueRestLimits = REST_LIMITS,
): Throttling {
  if (now - ranMs < known.restsUntil) return known;
  return { ...known, restsInARow: 0, endsAt: Math.max(now, known.refusedAt + calmMs) };
}

/** For how long a queue has been throttled; 0: it is not. */
export function throttledForMs(throttling: Throttling | undefined, now: number): number {
  return throttling === undefined || now >= throttling.endsAt ? 0 : Math.max(1, now - throttling.since);
}
