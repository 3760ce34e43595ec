/** Looks at all queues on Redis with one command each, and whether Redis itself is fit. */
import { z } from 'zod';
import { ContrailError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { type QueueLook, type QueueWatch, type WatchedQueues } from '../../ports/queue-watch.ts';
import { memoryOf, judgeRedisInfo } from './check-redis.ts';
import { connectProducer, DEFAULT_PREFIX, toRedisError } from './connection.ts';
import { throttlingKey } from './redis-queue-rest.ts';
import { LOOK_AT_QUEUE, LOOK_AT_QUEUE_SCRIPT } from './queue-look-script.ts';

const LIMIT_MS = 4_000;
/** The key of the write that shows whether Redis takes any. */
const PROBE = 'ready-probe';
const PROBE_KEPT_MS = 60_000;

export interface QueueWatchOptions {
  readonly redisUrl: string;
  /** Key prefix; default `contrail`. */
  readonly prefix?: string;
  readonly queues: readonly string[];
  readonly clock: Pick<Clock, 'startTimer'>;
  /** How long a look may take; default 4 s. */
  readonly limitMs?: number;
}

const Answer = z.array(z.union([z.string(), z.number()]));

export class RedisQueueWatch implements QueueWatch {
  readonly #options: QueueWatchOptions;
  readonly #redis: ReturnType<typeof connectProducer>;

  constructor(options: QueueWatchOptions) {
    this.#options = options;
    this.#redis = connectProducer(options.redisUrl);
    // Every look reports its own failure.
    this.#redis.on('error', () => {});
    this.#redis.defineCommand(LOOK_AT_QUEUE, LOOK_AT_QUEUE_SCRIPT);
  }

  async look(): Promise<WatchedQueues> {
    const { redisUrl, clock, limitMs = LIMIT_MS } = this.#options;
    let cancel: () => void = () => undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      cancel = clock.startTimer(limitMs, () => reject(new Error(`no answer within ${limitMs} ms`)));
    });
    try {
      return await Promise.race([this.#look(), limit]);
    } catch (error) {
      throw toRedisError(redisUrl, 'looking at the queues', error);
    } finally {
      cancel();
    }
  }

  close(): void {
    this.#redis.disconnect();
  }

  async #look(): Promise<WatchedQueues> {
    const { redisUrl, prefix = DEFAULT_PREFIX, queues } = this.#options;
    const pipeline = this.#redis.pipeline();
    pipeline.info();
    pipeline.set(`${prefix}:${PROBE}`, '1', 'PX', PROBE_KEPT_MS);
    for (const queue of queues) callScript(pipeline, [`${prefix}:${queue}:`, throttlingKey(prefix, queue)]);
    const [info, , ...looks] = ((await pipeline.exec()) ?? []).map(([error, answer]) => {
      if (error !== null) throw error;
      return answer;
    });
    const text = z.string().parse(info);
    judgeRedisInfo(redisUrl, text);
    return { queues: queues.map((queue, index) => readLook(queue, looks[index])), keeper: memoryOf(text) };
  }
}

/** ioredis adds a method for each script, which its types cannot know. */
function callScript(pipeline: object, keys: readonly string[]): void {
  const method: unknown = Reflect.get(pipeline, LOOK_AT_QUEUE);
  if (typeof method !== 'function')
    throw new ContrailError('INTERNAL', 'The script that looks at queues is not defined.');
  Reflect.apply(method, pipeline, keys);
}

function readLook(queue: string, answer: unknown): QueueLook {
  const values = Answer.parse(answer);
  const facts = new Map(values.flatMap((name, index) => (index % 2 === 0 ? [[name, values[index + 1]] as const] : [])));
  const count = (name: string) => Number(facts.get(name) ?? 0);
  const next = String(facts.get('next') ?? '');
  return {
    queue,
    isPaused: count('paused') > 0,
    restMs: count('restMs'),
    throttledMs: count('throttledMs'),
    jobs: {
      waiting: count('waiting'),
      prioritized: count('prioritized'),
      due: count('due'),
      delayed: count('delayed'),
      active: count('active'),
      parents: count('parents'),
      completed: count('completed'),
      failed: count('failed'),
    },
    oldestMs: count('oldestMs'),
    ...(next === '' ? {} : { next }),
  };
}
