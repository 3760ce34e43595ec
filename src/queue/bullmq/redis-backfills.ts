/** Backfills in Redis: a hash and a set of open jobs for each. The scripts are in redis-backfill-scripts.ts. */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { isBackfillId } from '../../domain/backfill-id.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { groupBy } from '../../domain/group-by.ts';
import {
  type Backfill,
  BACKFILL_ENDS,
  type Backfills,
  type BackfillState,
  type JobEnd,
  type NewBackfill,
} from '../../ports/backfills.ts';
import type { JobReference } from '../../ports/job-queue.ts';
import { cancelChannel } from './cancel-marks.ts';
import { connectProducer, DEFAULT_PREFIX, toRedisError } from './connection.ts';
import * as scripts from './redis-backfill-scripts.ts';

const MOST_LISTED = 100;

const State = z.enum(['running', 'paused', 'cancelled']).nullable();
const Fields = z.object({
  at: z.coerce.number(),
  by: z.string(),
  selection: z.string(),
  estimatedUsd: z.string(),
  state: State.unwrap(),
  isEnqueued: z.literal('1').optional(),
  usd: z.coerce.number().default(0),
  changedAt: z.coerce.number(),
  ...Object.fromEntries(BACKFILL_ENDS.map((end) => [end, z.coerce.number().default(0)])),
});
const Ends = z.record(z.enum(BACKFILL_ENDS), z.number());

export interface RedisBackfillsOptions {
  readonly redisUrl: string;
  /** Start of every key; default `contrail`. */
  readonly prefix?: string;
  /** The deployment whose backfills these are; others that share the prefix have their own. */
  readonly deployment?: Deployment;
  /** The queues that its jobs are in. */
  readonly queues: readonly string[];
}

/** Where the ids of backfills are whose jobs no worker may start, with their states. */
export function stoppedKey(prefix: string, deployment: Deployment | undefined): string {
  return `${baseOf(prefix, deployment)}stopped`;
}

export interface JobOfBackfill extends JobReference, Pick<RedisBackfillsOptions, 'prefix' | 'deployment'> {
  readonly backfill: string;
}

/** Holds a delayed job if its backfill is paused. */
export async function holdIfPaused(
  redis: Redis,
  { prefix = DEFAULT_PREFIX, deployment, backfill, queue, id }: JobOfBackfill,
): Promise<void> {
  await redis.eval(scripts.ALIGN, 1, baseOf(prefix, deployment), backfill, `${prefix}:${queue}:`, '', id);
}

function baseOf(prefix: string, deployment: Deployment | undefined): string {
  return `${prefix}:backfills:${deployment === undefined ? '' : `${deployment.id}:`}`;
}

export class RedisBackfills implements Backfills {
  readonly #options: RedisBackfillsOptions;
  readonly #prefix: string;
  readonly #base: string;
  readonly #redis: Redis;
  /** What the queue appends to ids that another deployment has taken. */
  readonly #suffix: string;

  /** Nothing is contacted before the first call. */
  constructor(options: RedisBackfillsOptions) {
    const { prefix = DEFAULT_PREFIX, deployment } = options;
    this.#options = options;
    this.#prefix = prefix;
    this.#base = baseOf(prefix, deployment);
    this.#suffix = deployment === undefined ? '' : `.${deployment.id.slice(0, 8)}`;
    this.#redis = connectProducer(options.redisUrl);
    this.#redis.on('error', () => {});
  }

  async create({ id, at, by, selection, estimatedUsd }: NewBackfill): Promise<boolean> {
    return (await this.#run(scripts.CREATE, id, at, by, selection, estimatedUsd ?? '')) === 'made';
  }

  join(id: string, jobs: readonly JobReference[]): Promise<BackfillState | undefined> {
    return this.#inBatches(scripts.JOIN, id, jobs);
  }

  leave(id: string, jobs: readonly JobReference[]): Promise<BackfillState | undefined> {
    return this.#inBatches(scripts.LEAVE, id, jobs);
  }

  async complete(id: string): Promise<void> {
    await this.#run(scripts.COMPLETE, id, ...BACKFILL_ENDS);
  }

  async end(id: string, jobs: readonly JobReference[], { end, usd = 0 }: JobEnd): Promise<void> {
    const suffix = this.#suffix;
    for (const [index, batch] of batchesOf(jobs).entries()) {
      const names = batch.flatMap(({ queue, id: job }) => {
        const isRenamed = suffix !== '' && job.endsWith(suffix);
        return [`${queue}:${job}`, ...(isRenamed ? [`${queue}:${job.slice(0, -suffix.length)}`] : [])];
      });
      await this.#run(scripts.END, id, end, index === 0 ? usd : 0, ...names);
    }
  }

  async find(id: string): Promise<Backfill | undefined> {
    if (!isBackfillId(id)) return undefined;
    const queues = this.#options.queues.flatMap((queue) => [`${this.#prefix}:${queue}:`, queue]);
    const reply = await this.#run(scripts.FIND, id, this.#suffix, ...queues);
    return reply === null ? undefined : backfillOf(id, z.array(z.string()).parse(reply));
  }

  async list(): Promise<readonly Backfill[]> {
    const ids = z.array(z.string()).parse(await this.#run(scripts.LIST, '', MOST_LISTED));
    const found = await Promise.all(ids.map((id) => this.find(id)));
    return found.filter((backfill) => backfill !== undefined);
  }

  async *openJobs(id: string): AsyncIterable<readonly JobReference[]> {
    let cursor = '0';
    do {
      const from = cursor;
      const key = `${this.#base}${id}:open`;
      const [next, members] = await this.#ask(() => this.#redis.sscan(key, from, 'COUNT', scripts.BACKFILL_BATCH));
      cursor = next;
      if (members.length > 0) yield members.map(jobOf);
    } while (cursor !== '0');
  }

  async setState(id: string, state: BackfillState): Promise<BackfillState | undefined> {
    return stateOf(await this.#run(scripts.SET_STATE, id, state, cancelChannel(this.#prefix)));
  }

  async align(id: string, jobs: readonly JobReference[]): Promise<number> {
    let moved = 0;
    for (const [queue, ofQueue] of groupBy(jobs, (job) => job.queue)) {
      for (const batch of batchesOf(ofQueue.map((job) => job.id))) {
        const reply = await this.#run(scripts.ALIGN, id, `${this.#prefix}:${queue}:`, this.#suffix, ...batch);
        moved += Number(reply);
      }
    }
    return moved;
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }

  /** The state after the last batch. */
  async #inBatches(script: string, id: string, jobs: readonly JobReference[]): Promise<BackfillState | undefined> {
    let state: BackfillState | undefined;
    const members = jobs.map(({ queue, id: job }) => `${queue}:${job}`);
    for (const batch of jobs.length === 0 ? [[]] : batchesOf(members)) {
      state = stateOf(await this.#run(script, id, ...batch));
    }
    return state;
  }

  #run(script: string, ...arguments_: readonly (string | number)[]): Promise<unknown> {
    return this.#ask(() => this.#redis.eval(script, 1, this.#base, ...arguments_));
  }

  async #ask<Reply>(question: () => Promise<Reply>): Promise<Reply> {
    try {
      return await question();
    } catch (error) {
      throw toRedisError(this.#options.redisUrl, 'keeping backfills', error);
    }
  }
}

function stateOf(reply: unknown): BackfillState | undefined {
  return State.parse(reply) ?? undefined;
}

function backfillOf(id: string, [open, running, ...pairs]: readonly string[]): Backfill {
  const entries = Array.from({ length: pairs.length / 2 }, (_, index) => [pairs[2 * index], pairs[2 * index + 1]]);
  const { estimatedUsd, isEnqueued, at, by, selection, state, usd, changedAt, ...ended } = Fields.parse(
    Object.fromEntries(entries),
  );
  return {
    id,
    at,
    by,
    selection,
    ...(estimatedUsd === '' ? {} : { estimatedUsd: Number(estimatedUsd) }),
    state,
    isEnqueued: isEnqueued === '1',
    open: Number(open),
    running: Number(running),
    ended: Ends.parse(ended),
    usd,
    changedAt,
  };
}

/** Names of queues have no colon. */
function jobOf(member: string): JobReference {
  const colon = member.indexOf(':');
  return { queue: member.slice(0, colon), id: member.slice(colon + 1) };
}

function batchesOf<Item>(items: readonly Item[]): Item[][] {
  const size = scripts.BACKFILL_BATCH;
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
