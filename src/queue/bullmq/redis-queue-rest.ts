/** The rest of a queue in Redis, by its clock. */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Clock } from '../../ports/clock.ts';
import { type QueueRest, type QueueRestLimits, type Refusal, REST_LIMITS } from '../queue-rest.ts';

/** A worker that was not refused itself tells of its successes this often. */
const TELL_EVERY_MS = 5_000;
/** BullMQ's workers take no jobs while the key has at least the maximum of their limiter. */
const BLOCKING = Number.MAX_SAFE_INTEGER;

/** As long ago as no attempt began. */
const BEFORE_ANY_REST = Number.MAX_SAFE_INTEGER;

/** How long the queue rests because of a refusal, and how long it still rests in all. */
const Answer = z.tuple([z.number(), z.number()]);

const REFUSED = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HMGET', KEYS[1], 'since', 'restsUntil', 'restsInARow')
local since, restsUntil, restsInARow = known[1] or now, tonumber(known[2]) or 0, tonumber(known[3]) or 0
local rest = 0
if now - tonumber(ARGV[1]) >= restsUntil then
  restsInARow = restsInARow + 1
  rest = tonumber(ARGV[2 + math.min(restsInARow, #ARGV - 2)])
  restsUntil = now + rest
  redis.call('SET', KEYS[2], '${BLOCKING}', 'PX', rest)
end
redis.call('HSET', KEYS[1], 'since', since, 'refusedAt', now, 'restsUntil', restsUntil, 'restsInARow', restsInARow)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return { rest, math.max(0, restsUntil - now) }
`;

/** Ends what is known of the throttling when nobody has been refused for a while. */
const SUCCEEDED = `
local known = redis.call('HMGET', KEYS[1], 'refusedAt', 'restsUntil')
if not known[1] then return end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now - tonumber(ARGV[1]) < tonumber(known[2]) then return end
redis.call('HSET', KEYS[1], 'restsInARow', 0)
redis.call('PEXPIRE', KEYS[1], math.max(0, tonumber(known[1]) + tonumber(ARGV[2]) - now))
`;

/** The key of what is known of a queue's throttling; gone when that is over. */
export function throttlingKey(prefix: string, queue: string): string {
  return `${prefix}:throttled:${queue}`;
}

export interface RedisQueueRestOptions {
  readonly redis: Redis;
  readonly prefix: string;
  readonly queue: string;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly limits?: QueueRestLimits;
}

export class RedisQueueRest implements QueueRest {
  readonly #options: RedisQueueRestOptions;
  /** By the monotonic clock; at the earliest, as the answer of Redis takes a while. */
  #restsUntil = Number.NEGATIVE_INFINITY;
  #refusing: Promise<unknown> = Promise.resolve();
  /** An attempt here was refused since the last success that was told. */
  #isRefused = false;
  #nextTellingAt = Number.NEGATIVE_INFINITY;

  constructor(options: RedisQueueRestOptions) {
    this.#options = options;
  }

  /** One at a time, so that a slow answer does not make a wave of refusals look like several. */
  refused({ ranMs, delaysMs }: Refusal): Promise<number> {
    const startedAt = this.#options.clock.monotonic() - ranMs;
    const refused = this.#refusing.then(() => this.#refused(startedAt, delaysMs));
    this.#refusing = refused.catch(() => undefined);
    return refused;
  }

  async #refused(startedAt: number, delaysMs: readonly number[]): Promise<number> {
    const { redis, prefix, queue, clock, limits = REST_LIMITS } = this.#options;
    this.#isRefused = true;
    const keys = [throttlingKey(prefix, queue), `${prefix}:${queue}:limiter`];
    const sentAt = clock.monotonic();
    const ranMs = startedAt < this.#restsUntil ? BEFORE_ANY_REST : Math.round(sentAt - startedAt);
    const answer = await redis.eval(REFUSED, keys.length, ...keys, ranMs, limits.forgottenAfterMs, ...delaysMs);
    const [restMs, leftMs] = Answer.parse(answer);
    this.#restsUntil = Math.max(this.#restsUntil, sentAt + leftMs);
    return restMs;
  }

  async succeeded(ranMs: number): Promise<void> {
    const { redis, prefix, queue, clock, limits = REST_LIMITS } = this.#options;
    if (!this.#isRefused && clock.monotonic() < this.#nextTellingAt) return;
    this.#isRefused = false;
    this.#nextTellingAt = clock.monotonic() + TELL_EVERY_MS;
    try {
      await redis.eval(SUCCEEDED, 1, throttlingKey(prefix, queue), Math.round(ranMs), limits.calmMs);
    } catch {
      // The next success tells it, and throttling is forgotten by itself.
    }
  }
}
