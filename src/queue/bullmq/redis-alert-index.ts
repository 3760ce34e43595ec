/** The alert index in Redis: the alerts of the newest check as one text, and a hash of silences. */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { type AlertRow, timeOf } from '../../alerts/row.ts';
import { isForgotten } from '../../alerts/silence.ts';
import type { AlertSnapshot } from '../../alerts/snapshot.ts';
import type { Deployment } from '../../domain/deployment.ts';
import type { AlertIndex } from '../../ports/alert-index.ts';
import { connectProducer, DEFAULT_PREFIX, toRedisError } from './connection.ts';

/** Part of the keys: versions of Contrail that write other rows have an index of their own. */
const FORMAT = 'v1';
const KEPT_MS = 30 * 86_400_000;

/** Arguments: the time of the check, the text, and how long it is kept. */
const NOTE = `
local noted = tonumber(redis.call('HGET', KEYS[1], 'checkedAt') or '0')
if noted > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'checkedAt', ARGV[1], 'alerts', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`;

/** Arguments: field, the value that was read (empty: none), and the new one (empty: none). */
const REPLACE = `
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 1
`;

const Snapshot = z.object({
  checkedAt: z.number(),
  alerts: z.array(z.object({ row: z.unknown(), problem: z.string().nullable() })),
});

export interface RedisAlertIndexOptions {
  readonly redisUrl: string;
  /** Start of every key; default `contrail`. */
  readonly prefix?: string;
  /** The deployment whose alerts these are; others that share the prefix have their own. */
  readonly deployment?: Deployment;
  /** Parses a row; undefined if it is not one. */
  readonly readRow: (value: unknown) => AlertRow | undefined;
}

export class RedisAlertIndex implements AlertIndex {
  readonly #redisUrl: string;
  readonly #redis: Redis;
  readonly #snapshot: string;
  readonly #silences: string;
  readonly #readRow: RedisAlertIndexOptions['readRow'];

  /** Nothing is contacted before the first call. */
  constructor({ redisUrl, prefix = DEFAULT_PREFIX, deployment, readRow }: RedisAlertIndexOptions) {
    const base = `${prefix}:alerts:${FORMAT}:${deployment === undefined ? '' : `${deployment.id}:`}`;
    this.#redisUrl = redisUrl;
    this.#snapshot = `${base}newest`;
    this.#silences = `${base}silences`;
    this.#readRow = readRow;
    this.#redis = connectProducer(redisUrl);
    this.#redis.on('error', () => {});
  }

  async read(): Promise<AlertSnapshot | undefined> {
    const text = await this.#ask('reading the alerts', () => this.#redis.hget(this.#snapshot, 'alerts'));
    const { data } = Snapshot.safeParse(parseJson(text));
    if (data === undefined) return undefined;
    const alerts = data.alerts.flatMap(({ row: value, problem }) => {
      const row = this.#readRow(value);
      return row === undefined ? [] : [{ row, problem }];
    });
    return { checkedAt: data.checkedAt, alerts };
  }

  async note(snapshot: AlertSnapshot): Promise<boolean> {
    const text = JSON.stringify(snapshot);
    const isNoted = await this.#ask('noting the alerts', () =>
      this.#redis.eval(NOTE, 1, this.#snapshot, snapshot.checkedAt, text, KEPT_MS),
    );
    if (isNoted !== 1) return false;
    for (const [id, text_] of Object.entries(await this.#texts())) {
      const row = this.#readRow(parseJson(text_));
      if (row === undefined || isForgotten(row, snapshot.checkedAt)) await this.#replace(id, text_, '');
    }
    return true;
  }

  async silences(): Promise<readonly AlertRow[]> {
    return Object.values(await this.#texts()).flatMap((text) => this.#readRow(parseJson(text)) ?? []);
  }

  /** Of two writers that read the same silence, the second one reads again. */
  async silence(row: AlertRow): Promise<void> {
    for (;;) {
      const known = await this.#ask('reading a silence', () => this.#redis.hget(this.#silences, row.alert_id));
      const older = this.#readRow(parseJson(known));
      if (older !== undefined && timeOf(older.changed_at) > timeOf(row.changed_at)) return;
      if (await this.#replace(row.alert_id, known ?? '', JSON.stringify(row))) return;
    }
  }

  /** Ends the connection. May be called twice. */
  close(): void {
    this.#redis.disconnect();
  }

  #texts(): Promise<Record<string, string>> {
    return this.#ask('reading the silences', () => this.#redis.hgetall(this.#silences));
  }

  async #replace(id: string, read: string, written: string): Promise<boolean> {
    const answer = await this.#ask('noting a silence', () =>
      this.#redis.eval(REPLACE, 1, this.#silences, id, read, written),
    );
    return answer === 1;
  }

  async #ask<Answer>(doing: string, ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch (error) {
      throw toRedisError(this.#redisUrl, doing, error);
    }
  }
}

function parseJson(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
