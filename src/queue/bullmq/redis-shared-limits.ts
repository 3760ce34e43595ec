/**
 * Limits for all workers on a Redis. A turn is a lease: a worker renews it while it goes on, and that of a killed worker
 * ends by itself. Who waits is told by a message; a lost message costs the time until the next renewal.
 */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { ContrailError, errorText } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import type { TurnCounts } from '../../ports/shared-limit.ts';
import { connectProducer, connectWorkers, DEFAULT_PREFIX, toRedisError } from './connection.ts';
import { RedisSharedLimit, type TurnReport } from './redis-shared-limit.ts';
import { SYNCHRONISE_LIMIT, SYNCHRONISE_LIMIT_SCRIPT } from './shared-limit-script.ts';

const LEASE_MS = 20_000;
/** Renewals in the time of a lease. */
const RENEWALS = 4;
const ANSWER_LIMIT_MS = 3_000;

const Begun = z.array(z.string());

export interface RedisSharedLimitsOptions {
  readonly redisUrl: string;
  /** Key prefix; default `contrail`. */
  readonly prefix?: string;
  /** How long the turns of a killed worker last; default 20 s. */
  readonly leaseMs?: number;
  /** Time limit for an answer of Redis; default 3 s. */
  readonly answerLimitMs?: number;
  readonly clock: Clock;
  readonly random: Pick<Random, 'uuid'>;
  readonly log: Log;
}

export class RedisSharedLimits {
  readonly #options: RedisSharedLimitsOptions;
  readonly #process: string;
  readonly #redis: Redis;
  readonly #ear: Redis;
  readonly #limits = new Map<string, RedisSharedLimit>();
  #isAway = false;
  #cancelTimer: () => void = () => undefined;

  constructor(options: RedisSharedLimitsOptions) {
    this.#options = options;
    this.#process = options.random.uuid();
    this.#redis = connectProducer(options.redisUrl);
    this.#redis.defineCommand(SYNCHRONISE_LIMIT, SYNCHRONISE_LIMIT_SCRIPT);
    this.#ear = connectWorkers(options.redisUrl);
    for (const connection of [this.#redis, this.#ear]) connection.on('error', () => {});
    this.#ear.on('message', (_channel, name: string) => this.#limits.get(name)?.look());
    // Messages before a connection, or between two, are lost.
    this.#ear.on('ready', () => this.#look());
    this.#ear.subscribe(`${this.#channels}${this.#process}`).then(
      () => this.#look(),
      () => undefined,
    );
    this.#wait();
  }

  /** At most so many turns at once in all processes that name this limit, which should all give the same number. */
  limit(name: string, most: number): RedisSharedLimit {
    const limit = new RedisSharedLimit({
      process: this.#process,
      synchronise: (report) => this.#synchronise(name, most, report),
      onReached: (error) => this.#tell(error),
    });
    this.#limits.set(name, limit);
    return limit;
  }

  counts(): TurnCounts[] {
    return [...this.#limits].map(([name, limit]) => ({ limit: name, ...limit.counts() }));
  }

  /** Turns that still go on end with their leases; nobody gets another one. May be called twice. */
  async close(): Promise<void> {
    this.#cancelTimer();
    await Promise.all([...this.#limits.values()].map((limit) => limit.settled()));
    this.#redis.disconnect();
    this.#ear.disconnect();
  }

  get #channels(): string {
    return `${this.#options.prefix ?? DEFAULT_PREFIX}:turns:`;
  }

  #look(): void {
    for (const limit of this.#limits.values()) limit.look();
  }

  #wait(): void {
    const { clock, leaseMs = LEASE_MS } = this.#options;
    this.#cancelTimer = clock.startTimer(leaseMs / RENEWALS, () => {
      this.#look();
      this.#wait();
    });
  }

  async #synchronise(name: string, most: number, { ended, held, waiting }: TurnReport): Promise<string[]> {
    const { redisUrl, prefix = DEFAULT_PREFIX, leaseMs = LEASE_MS, clock } = this.#options;
    const { answerLimitMs = ANSWER_LIMIT_MS } = this.#options;
    const keys = ['turns', 'line', 'processes'].map((part) => `${prefix}:limit:${name}:${part}`);
    const lists = [ended, held, waiting].flatMap((ids) => [ids.length, ...ids]);
    let cancel: () => void = () => undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      cancel = clock.startTimer(answerLimitMs, () => reject(new Error(`no answer within ${answerLimitMs} ms`)));
    });
    try {
      const answer = callScript(this.#redis, [...keys, most, leaseMs, this.#process, this.#channels, name, ...lists]);
      return Begun.parse(await Promise.race([answer, limit]));
    } catch (error) {
      throw toRedisError(redisUrl, `waiting for a turn (${name})`, error);
    } finally {
      cancel();
    }
  }

  /** Says once that Redis is away or full, and once that it is back. */
  #tell(error: unknown): void {
    const isAway = error !== undefined;
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    const { log } = this.#options;
    if (isAway) log.warn({ error: errorText(error) }, 'the limits for all workers do not hold for now');
    else log.info({}, 'the limits for all workers hold again');
  }
}

/** ioredis adds a method for each script, which its types cannot know. */
function callScript(redis: Redis, values: readonly (string | number)[]): Promise<unknown> {
  const method: unknown = Reflect.get(redis, SYNCHRONISE_LIMIT);
  if (typeof method !== 'function') throw new ContrailError('INTERNAL', 'The script of limits is not defined.');
  return Promise.resolve(Reflect.apply(method, redis, values));
}
