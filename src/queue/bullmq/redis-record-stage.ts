/** Records gather in Redis, in a hash for each table and window of time. The scripts are in record-stage-scripts.ts. */
import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Deployment } from '../../domain/deployment.ts';
import { ContrailError } from '../../domain/errors.ts';
import type { RecordBatch, RecordRow } from '../../ports/record-sink.ts';
import type {
  BatchFate,
  OpenWindow,
  RecordStage,
  RefusedRecord,
  RefusedRecords,
  StagedBatch,
  StageWindow,
  Waiting,
} from '../../ports/record-stage.ts';
import { connectProducer, DEFAULT_PREFIX, redisAddress, toRedisError } from './connection.ts';
import { DROP, FATES, PEEK, REFUSED, SET_ASIDE, STAGE, TAKE, WINDOWS } from './record-stage-scripts.ts';

const DAY_MS = 86_400_000;
/** Longer than anything repeats its work, and some 25 MB of Redis at most. */
const KNOWN_MS = 30 * DAY_MS;
const MOST_KNOWN = 200_000;
/** Past this, records wait on the disks of the workers: the queues need the memory. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_REFUSED = 1_000;
const REFUSED_MS = 30 * DAY_MS;
const FATES_AT_ONCE = 500;

const Rows = z.array(z.record(z.string(), z.json()));
const Texts = z.array(z.string());
const Refused = z.object({ id: z.string(), table: z.string(), reason: z.string(), row: z.string() });

export interface RedisRecordStageOptions {
  readonly redisUrl: string;
  /** Start of every key; default `contrail`. */
  readonly prefix?: string;
  /** The deployment whose records these are; others that share the prefix have their own. */
  readonly deployment?: Deployment;
  /** How long rows gather before they are written together, milliseconds. */
  readonly windowMs: number;
  /** How many ids of batches are remembered; default 200,000. */
  readonly mostKnown?: number;
  /** How many bytes of rows may wait; default 64 MB. */
  readonly mostBytes?: number;
}

export class RedisRecordStage implements RecordStage {
  readonly #options: RedisRecordStageOptions;
  readonly #redis: Redis;
  readonly #base: string;

  /** Nothing is contacted before the first call. */
  constructor(options: RedisRecordStageOptions) {
    this.#options = options;
    const of = options.deployment === undefined ? '' : `${options.deployment.id}:`;
    this.#base = `${options.prefix ?? DEFAULT_PREFIX}:record-stage:${of}`;
    this.#redis = connectProducer(options.redisUrl);
    this.#redis.on('error', () => {});
  }

  async stage({ id, table, rows }: RecordBatch): Promise<OpenWindow | undefined> {
    const { windowMs, mostKnown = MOST_KNOWN, mostBytes = MOST_BYTES } = this.#options;
    const nonce = randomBytes(8).toString('hex');
    const limits = [mostKnown, KNOWN_MS, mostBytes];
    const reply = await this.#run(STAGE, id, table, nonce, windowMs, JSON.stringify(rows), ...limits);
    const [answer, window = '', endsInMs = '0'] = reply;
    if (answer === 'known') return undefined;
    if (answer === 'full') throw this.#full(mostBytes);
    return { table, window, endsInMs: Number(endsInMs) };
  }

  async take({ table, window }: StageWindow): Promise<RecordRow[]> {
    return rowsOf(await this.#run(TAKE, table, window));
  }

  async peek({ table, window }: StageWindow): Promise<RecordRow[]> {
    return rowsOf(await this.#run(PEEK, table, window));
  }

  async drop({ table, window }: StageWindow): Promise<void> {
    await this.#run(DROP, table, window);
  }

  async windows(): Promise<OpenWindow[]> {
    const { now, windows } = await this.#windows();
    return windows.map(({ table, window, ends }) => {
      const endsInMs = Math.max(0, ends - now);
      // What would be open for longer than a window was opened before the clock was put back.
      return { table, window, endsInMs: endsInMs > this.#options.windowMs ? 0 : endsInMs };
    });
  }

  async fatesOf(batches: readonly StagedBatch[]): Promise<BatchFate[]> {
    const fates: BatchFate[] = [];
    for (let first = 0; first < batches.length; first += FATES_AT_ONCE) {
      const some = batches.slice(first, first + FATES_AT_ONCE);
      const answers = await this.#run(FATES, ...some.flatMap(({ id, table, window }) => [id, table, window]));
      fates.push(...z.array(z.enum(['waiting', 'written', 'lost'])).parse(answers));
    }
    return fates;
  }

  async waiting(): Promise<Waiting> {
    const { now, windows } = await this.#windows();
    const opened = windows.map(({ window }) => Number(window.split('-')[0]));
    return {
      batches: windows.reduce((sum, { batches }) => sum + batches, 0),
      oldestMs: Math.max(0, now - Math.min(now, ...opened)),
      lateMs: Math.max(0, now - Math.min(now, ...windows.map(({ ends }) => ends))),
    };
  }

  async setAside(records: readonly RefusedRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.#run(
      SET_ASIDE,
      MOST_REFUSED,
      REFUSED_MS,
      ...records.flatMap((record) => [record.id, JSON.stringify(record)]),
    );
  }

  async refused(limit: number): Promise<RefusedRecords> {
    const [count = '0', ...rest] = await this.#run(REFUSED, REFUSED_MS, limit);
    const newest = pairsOf(rest).map(([at, json]) => ({ ...Refused.parse(JSON.parse(json)), at: Number(at) }));
    return { count: Number(count), newest };
  }

  /** Ends the connection. May be called twice. */
  close(): void {
    this.#redis.disconnect();
  }

  async #windows() {
    const [now, ...fields] = await this.#run(WINDOWS);
    const windows = [];
    for (let place = 0; place < fields.length; place += 3) {
      const [name = '', ends, batches] = fields.slice(place, place + 3);
      const [table = '', window = ''] = name.split(':');
      windows.push({ table, window, ends: Number(ends), batches: Number(batches) });
    }
    return { now: Number(now), windows };
  }

  #full(mostBytes: number): ContrailError {
    const megabytes = Math.round(mostBytes / 1024 / 1024);
    const address = redisAddress(this.#options.redisUrl);
    return new ContrailError(
      'REDIS_UNSUITABLE',
      `Redis at ${address} holds ${megabytes} MB of records that wait for the warehouse, and takes no more of them.`,
      { subject: 'staging records', hint: 'See `contrail status` for what keeps them from being written.' },
    );
  }

  async #run(script: string, ...arguments_: readonly (string | number)[]): Promise<string[]> {
    try {
      const reply = await this.#redis.eval(script, 1, this.#base, ...arguments_);
      return Array.isArray(reply) ? Texts.parse(reply) : [];
    } catch (error) {
      throw toRedisError(this.#options.redisUrl, 'staging records', error);
    }
  }
}

/** Redis gives batches in whatever order; a repeat is to find the same one. */
function rowsOf(reply: readonly string[]): RecordRow[] {
  const batches = pairsOf(reply).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return batches.flatMap(([, rows]) => Rows.parse(JSON.parse(rows)));
}

function pairsOf(texts: readonly string[]): [string, string][] {
  return Array.from({ length: texts.length / 2 }, (_, index) => [texts[2 * index] ?? '', texts[2 * index + 1] ?? '']);
}
