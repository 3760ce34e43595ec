/** Connections to Redis: one kind that fails within seconds, and one for workers, which waits. */
import { Redis } from 'ioredis';
import { ContrailError, errorText } from '../../domain/errors.ts';
import { counted } from './counted-redis.ts';

/** Default key prefix; installations that share a Redis need different ones. */
export const DEFAULT_PREFIX = 'contrail';

const CONNECT_TIMEOUT_MS = 5_000;
const COMMAND_TIMEOUT_MS = 10_000;
const PRODUCER_RETRIES = 2;
const LONGEST_RECONNECT_DELAY_MS = 2_000;
/** Above the 10 s of a worker's blocking command, so that only silent connections are cut. */
const SILENCE_LIMIT_MS = 15_000;

/**
 * A connection for asking and enqueuing: made at the first command, made again after a loss, and no command waits for
 * more than ten seconds.
 */
export function connectProducer(url: string): Redis {
  return counted(
    new Redis(url, {
      lazyConnect: true,
      connectTimeout: CONNECT_TIMEOUT_MS,
      commandTimeout: COMMAND_TIMEOUT_MS,
      maxRetriesPerRequest: PRODUCER_RETRIES,
      retryStrategy: reconnectDelayMs,
    }),
  );
}

/** A connection for workers: commands wait until Redis is back. */
export function connectWorkers(url: string): Redis {
  return counted(
    new Redis(url, {
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SILENCE_LIMIT_MS,
      maxRetriesPerRequest: null,
      retryStrategy: reconnectDelayMs,
    }),
  );
}

/** Host and port of a Redis URL; the rest may hold a password and is never shown. */
export function redisAddress(url: string): string {
  if (!URL.canParse(url)) return 'the given address';
  const { hostname, port } = new URL(url);
  return `${hostname === '' ? '127.0.0.1' : hostname}:${port === '' ? '6379' : port}`;
}

/** Answers of a Redis that reads but takes no writes. */
const WRITES_REFUSED = [
  { pattern: /\bOOM\b/, why: 'has no memory left', hint: 'Give it more memory, or remove finished jobs.' },
  {
    pattern: /\bMISCONF\b/,
    why: 'takes no writes, because it cannot save its data to disk',
    hint: 'Make room on its disk; its log tells the reason.',
  },
  {
    pattern: /\bREADONLY\b/,
    why: 'takes no writes, because it is a replica',
    hint: 'Set CONTRAIL_REDIS to the address of the primary.',
  },
] as const;

/** A failed command as REDIS_UNSUITABLE if Redis refused it, else REDIS_UNREACHABLE. */
export function toRedisError(url: string, doing: string, error: unknown): ContrailError {
  if (error instanceof ContrailError) return error;
  const refused = redisRefusal(url, doing, error);
  if (refused !== undefined) return refused;
  const details = { subject: doing, cause: error };
  return new ContrailError('REDIS_UNREACHABLE', `Redis does not answer at ${redisAddress(url)} (CONTRAIL_REDIS).`, {
    ...details,
    hint: 'Start Redis there, or set CONTRAIL_REDIS to the address of a running one.',
  });
}

/** A command that Redis refused; undefined for any other error. */
export function redisRefusal(url: string, doing: string, error: unknown): ContrailError | undefined {
  const address = redisAddress(url);
  const details = { subject: doing, cause: error };
  const text = `${errorText(error)} ${error instanceof Error ? errorText(error.cause) : ''}`;
  if (/NOAUTH|WRONGPASS|NOPERM|invalid (username-)?password|AUTH.*without any password/i.test(text)) {
    return new ContrailError('REDIS_UNSUITABLE', `Redis at ${address} refuses the user or the password.`, {
      ...details,
      hint: 'Set CONTRAIL_REDIS to redis://user:password@host:port with valid credentials.',
    });
  }
  const refusal = WRITES_REFUSED.find(({ pattern }) => pattern.test(text));
  if (refusal === undefined) return undefined;
  return new ContrailError('REDIS_UNSUITABLE', `Redis at ${address} ${refusal.why}.`, {
    ...details,
    hint: refusal.hint,
  });
}

function reconnectDelayMs(tries: number): number {
  return Math.min(100 * 2 ** Math.min(tries, 10), LONGEST_RECONNECT_DELAY_MS);
}
