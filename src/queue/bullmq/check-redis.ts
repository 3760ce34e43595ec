/** Checks Redis before it is used for queues, at start-up. */
import { Redis } from 'ioredis';
import { ContrailError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { redisAddress, toRedisError } from './connection.ts';
import { counted } from './counted-redis.ts';

const LIMIT_MS = 5_000;
/** The oldest version with the commands of the queue's scripts. */
const OLDEST_VERSION = [6, 2] as const;
const RECOMMENDED_VERSION = [7, 0] as const;

export interface RedisFacts {
  /** `redis` or `valkey`. */
  readonly server: string;
  /** Its Redis version, or the one it claims to be compatible with. */
  readonly version: string;
  /** Settings that put jobs at risk: a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Connects, looks at version, eviction and persistence, and disconnects, all within five seconds unless told
 * otherwise. Throws REDIS_UNREACHABLE or REDIS_UNSUITABLE; what is merely unwise comes back as warnings.
 */
export async function checkRedis(url: string, clock: Clock, limitMs = LIMIT_MS): Promise<RedisFacts> {
  const redis = counted(
    new Redis(url, {
      lazyConnect: true,
      connectTimeout: limitMs,
      commandTimeout: limitMs,
      maxRetriesPerRequest: 0,
      retryStrategy: null,
      // Otherwise ioredis asks INFO until a loading server is done, and hides a refused password behind "closed".
      enableReadyCheck: false,
    }),
  );
  // The rejected promise says it all, but the reason of a refused connection is only in the event.
  let lastError: unknown;
  redis.on('error', (error) => (lastError = error));
  let cancel: () => void = () => undefined;
  try {
    const limit = new Promise<never>((_resolve, reject) => {
      cancel = clock.startTimer(limitMs, () => reject(new Error(`no answer within ${limitMs} ms`)));
    });
    return judgeRedisInfo(url, await Promise.race([readInfo(redis), limit]));
  } catch (error) {
    throw toRedisError(url, `checking Redis at ${redisAddress(url)}`, lastError ?? error);
  } finally {
    cancel();
    redis.disconnect();
  }
}

async function readInfo(redis: Redis): Promise<string> {
  await redis.connect();
  return redis.info();
}

/**
 * What the answer to INFO says of a Redis; throws REDIS_UNSUITABLE. All of it comes from INFO, because managed services
 * forbid `CONFIG GET`.
 */
export function judgeRedisInfo(url: string, text: string): RedisFacts {
  const info = infoFields(text);
  const address = redisAddress(url);
  const version = info.get('redis_version') ?? '';
  if (isOlder(version, OLDEST_VERSION)) {
    throw new ContrailError('REDIS_UNSUITABLE', `Redis at ${address} is version ${version}, too old for the queues.`, {
      hint: 'Use Redis 7 or Valkey.',
    });
  }
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  if (policy !== 'noeviction') {
    throw new ContrailError(
      'REDIS_UNSUITABLE',
      `Redis at ${address} may throw jobs away: its maxmemory-policy is ${policy}, and must be noeviction.`,
      { hint: 'Run CONFIG SET maxmemory-policy noeviction there, and set it in its configuration too.' },
    );
  }
  const warnings: string[] = [];
  if (isOlder(version, RECOMMENDED_VERSION)) warnings.push(`Redis at ${address} is version ${version}; 7 is advised.`);
  if (info.get('aof_enabled') === '0') {
    warnings.push(`Redis at ${address} keeps no append-only file: a restart loses the queues until the next scan.`);
  }
  return { server: info.has('valkey_version') ? 'valkey' : 'redis', version, warnings };
}

/** The memory of a Redis, from its answer to INFO. */
export function memoryOf(text: string): { readonly memoryBytes: number; readonly memoryLimitBytes: number } {
  const info = infoFields(text);
  return { memoryBytes: Number(info.get('used_memory') ?? 0), memoryLimitBytes: Number(info.get('maxmemory') ?? 0) };
}

/** The fields of an answer to INFO. */
export function infoFields(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split(/\r?\n/)
      .map((line) => line.split(':'))
      .map(([key = '', ...value]) => [key, value.join(':')] as const),
  );
}

function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  // What is no number counts as none: a version that cannot be read is not to be trusted.
  const [foundMajor = 0, foundMinor = 0] = version.split('.').map((part) => Number(part) || 0);
  return foundMajor < major || (foundMajor === major && foundMinor < minor);
}
