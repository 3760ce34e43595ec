/** Heartbeats in Redis: a sorted set of processes by the time of their last beat. */
import type { Redis } from 'ioredis';
import type { Heartbeats, ProcessIdentity } from '../../ports/heartbeats.ts';
import { connectProducer, DEFAULT_PREFIX, redisAddress, toRedisError } from './connection.ts';

/** Four beats. */
const ALIVE_MS = 60_000;

const NOW = "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000)";
const BEAT = `${NOW} redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2]) redis.call('PEXPIRE', KEYS[1], ARGV[2])`;
const ALIVE = `${NOW} return redis.call('ZRANGEBYSCORE', KEYS[1], now - ARGV[1], '+inf')`;

export interface RedisHeartbeatsOptions {
  readonly redisUrl: string;
  /** Key prefix; default `contrail`. */
  readonly prefix?: string;
}

export class RedisHeartbeats implements Heartbeats {
  readonly #url: string;
  readonly #redis: Redis;
  readonly #key: string;

  constructor({ redisUrl, prefix = DEFAULT_PREFIX }: RedisHeartbeatsOptions) {
    this.#url = redisUrl;
    this.#redis = connectProducer(redisUrl);
    this.#redis.on('error', () => {});
    this.#key = `${prefix}:processes`;
  }

  async beat(process: ProcessIdentity): Promise<void> {
    await this.#ask('noting that this process is alive', () =>
      this.#redis.eval(BEAT, 1, this.#key, textOf(process), ALIVE_MS),
    );
  }

  async leave(process: ProcessIdentity): Promise<void> {
    await this.#ask('noting that this process ends', () => this.#redis.zrem(this.#key, textOf(process)));
  }

  async alive(): Promise<readonly ProcessIdentity[]> {
    const found = await this.#ask('looking for living processes', () =>
      this.#redis.eval(ALIVE, 1, this.#key, ALIVE_MS),
    );
    return Array.isArray(found) ? found.flatMap((text) => identityOf(String(text)) ?? []) : [];
  }

  close(): void {
    this.#redis.disconnect();
  }

  async #ask<Reply>(doing: string, ask: () => Promise<Reply>): Promise<Reply> {
    try {
      return await ask();
    } catch (error) {
      throw toRedisError(this.#url, `${doing} in Redis at ${redisAddress(this.#url)}`, error);
    }
  }
}

/** The same text for the same process, so that each is in the set once. */
function textOf({ role, name, queues }: ProcessIdentity): string {
  return JSON.stringify([role, name, queues]);
}

function identityOf(text: string): ProcessIdentity | undefined {
  const [role, name, queues] = JSON.parse(text) as [unknown, unknown, unknown];
  const isKnown = (role === 'worker' || role === 'scheduler') && typeof name === 'string' && Array.isArray(queues);
  return isKnown ? { role, name, queues: queues.map(String) } : undefined;
}
