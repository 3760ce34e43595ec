/** Heartbeats in Redis: a sorted set of processes by the time of their last beat, and the name of its data. */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Beat, Heartbeats, ProcessIdentity } from '../../ports/heartbeats.ts';
import { connectProducer, DEFAULT_PREFIX, redisAddress, toRedisError } from './connection.ts';

/** Four beats. */
const ALIVE_MS = 60_000;
/** How long people are told that data were lost. */
const LOSS_KEPT_MS = 86_400_000;

const NOW = "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000)";
const BEAT = `${NOW} redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2]) redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('SET', KEYS[2], t[1] .. '.' .. t[2], 'NX') return { now, redis.call('GET', KEYS[2]) }`;
const LOSS = `${NOW} redis.call('SET', KEYS[1], now, 'PX', ARGV[1])`;
const ALIVE = `${NOW} return redis.call('ZRANGEBYSCORE', KEYS[1], now - ARGV[1], '+inf')`;

const BeatAnswer = z.tuple([z.number(), z.string()]);

export interface RedisHeartbeatsOptions {
  readonly redisUrl: string;
  /** Key prefix; default `contrail`. */
  readonly prefix?: string;
}

export class RedisHeartbeats implements Heartbeats {
  readonly #url: string;
  readonly #redis: Redis;
  readonly #key: string;
  /** When the data began, as their name. */
  readonly #dataKey: string;
  readonly #lossKey: string;

  constructor({ redisUrl, prefix = DEFAULT_PREFIX }: RedisHeartbeatsOptions) {
    this.#url = redisUrl;
    this.#redis = connectProducer(redisUrl);
    this.#redis.on('error', () => {});
    this.#key = `${prefix}:processes`;
    this.#dataKey = `${prefix}:data`;
    this.#lossKey = `${prefix}:data-lost`;
  }

  async beat(process: ProcessIdentity): Promise<Beat> {
    const answer = await this.#ask('noting that this process is alive', () =>
      this.#redis.eval(BEAT, 2, this.#key, this.#dataKey, textOf(process), ALIVE_MS),
    );
    const [storeNow, dataName] = BeatAnswer.parse(answer);
    return { storeNow, dataName };
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

  async noteLoss(): Promise<void> {
    await this.#ask('noting lost data', () => this.#redis.eval(LOSS, 1, this.#lossKey, LOSS_KEPT_MS));
  }

  async lostAt(): Promise<number | undefined> {
    const at = await this.#ask('looking for lost data', () => this.#redis.get(this.#lossKey));
    return at === null ? undefined : Number(at);
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
