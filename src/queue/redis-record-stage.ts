/**
 * Records gather in Redis lists, one for each table and window of time. Scripts make each step whole: a batch is staged
 * once, and never into a window that was closed.
 */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Deployment } from '../domain/deployment.ts';
import type { Clock } from '../ports/clock.ts';
import type { RecordBatch, RecordRow } from '../ports/record-sink.ts';
import type { RecordStage, StageWindow } from '../ports/record-stage.ts';
import { connectProducer, DEFAULT_PREFIX, toRedisError } from './connection.ts';

/** So long a batch is known: longer than anything repeats its work. */
const KNOWN_SECONDS = 30 * 86_400;

const STAGE = `
local base, id, table, window = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
if not redis.call('SET', base .. 'known:' .. id, 1, 'NX', 'EX', ARGV[4]) then return -1 end
local closed = tonumber(redis.call('GET', base .. 'closed:' .. table) or '-1')
if window <= closed then window = closed + 1 end
redis.call('RPUSH', base .. 'rows:' .. table .. ':' .. window, ARGV[5])
redis.call('SADD', base .. 'windows', table .. ':' .. window)
return window
`;

const TAKE = `
local base, table, window = KEYS[1], ARGV[1], tonumber(ARGV[2])
local closed = tonumber(redis.call('GET', base .. 'closed:' .. table) or '-1')
if window > closed then redis.call('SET', base .. 'closed:' .. table, window) end
return redis.call('LRANGE', base .. 'rows:' .. table .. ':' .. window, 0, -1)
`;

const DROP = `
local base, name = KEYS[1], ARGV[1] .. ':' .. ARGV[2]
redis.call('DEL', base .. 'rows:' .. name)
return redis.call('SREM', base .. 'windows', name)
`;

const Rows = z.array(z.record(z.string(), z.json()));

export interface RedisRecordStageOptions {
  readonly redisUrl: string;
  /** Start of every key; default `contrail`. */
  readonly prefix?: string;
  /** The deployment whose records these are; others that share the prefix have their own. */
  readonly deployment?: Deployment;
  /** How long rows gather before they are written together, milliseconds. */
  readonly windowMs: number;
  readonly clock: Clock;
}

export class RedisRecordStage implements RecordStage {
  readonly #options: RedisRecordStageOptions;
  readonly #redis: Redis;
  readonly #base: string;

  /** Nothing is contacted before the first call. */
  constructor(options: RedisRecordStageOptions) {
    this.#options = options;
    const of = options.deployment === undefined ? '' : `${options.deployment.id}:`;
    this.#base = `${options.prefix ?? DEFAULT_PREFIX}:records-stage:${of}`;
    this.#redis = connectProducer(options.redisUrl);
    this.#redis.on('error', () => {});
  }

  async stage({ id, table, rows }: RecordBatch): Promise<StageWindow | undefined> {
    const { clock, windowMs } = this.#options;
    const now = Math.floor(clock.now() / windowMs);
    const window = Number(await this.#run(STAGE, id, table, now, KNOWN_SECONDS, JSON.stringify(rows)));
    return window === -1 ? undefined : { table, window };
  }

  async take({ table, window }: StageWindow): Promise<RecordRow[]> {
    const batches = z.array(z.string()).parse(await this.#run(TAKE, table, window));
    return batches.flatMap((text) => Rows.parse(JSON.parse(text)));
  }

  async drop({ table, window }: StageWindow): Promise<void> {
    await this.#run(DROP, table, window);
  }

  async windows(): Promise<StageWindow[]> {
    const names = await this.#ask(() => this.#redis.smembers(`${this.#base}windows`));
    return names.map((name) => {
      const [table = '', window] = name.split(':');
      return { table, window: Number(window) };
    });
  }

  async waiting(): Promise<{ readonly batches: number; readonly oldestMs: number }> {
    const { clock, windowMs } = this.#options;
    const windows = await this.windows();
    const counts = await this.#ask(() =>
      Promise.all(windows.map(({ table, window }) => this.#redis.llen(`${this.#base}rows:${table}:${window}`))),
    );
    const oldest = windows.reduce((least, { window }) => Math.min(least, window * windowMs), clock.now());
    return { batches: counts.reduce((sum, count) => sum + count, 0), oldestMs: Math.max(0, clock.now() - oldest) };
  }

  endsInMs({ window }: StageWindow): number {
    const { clock, windowMs } = this.#options;
    return Math.max(0, (window + 1) * windowMs - clock.now());
  }

  /** Ends the connection. May be called twice. */
  close(): void {
    this.#redis.disconnect();
  }

  #run(script: string, ...arguments_: readonly (string | number)[]): Promise<unknown> {
    return this.#ask(() => this.#redis.eval(script, 1, this.#base, ...arguments_));
  }

  async #ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    try {
      return await question();
    } catch (error) {
      throw toRedisError(this.#options.redisUrl, 'staging records', error);
    }
  }
}
