/** The limits for all workers, by setting. */
import { systemClock } from '../../adapters/system/clock.ts';
import { systemRandom } from '../../adapters/system/random.ts';
import type { Config } from '../../config/load-config.ts';
import type { Log } from '../../ports/log.ts';
import type { SharedLimit, TurnCounts } from '../../ports/shared-limit.ts';

/** A limit that is not set is absent. */
export interface SharedLimits {
  readonly queries?: SharedLimit;
  readonly readStreams?: SharedLimit;
  readonly uploads?: SharedLimit;
}

export interface OpenSharedLimits extends SharedLimits {
  counts(): readonly TurnCounts[];
  close(): Promise<void>;
}

/** Uses Redis only if a limit is set. */
export async function openSharedLimits(config: Config, log: Log): Promise<OpenSharedLimits> {
  const most = sharedLimitsOf(config);
  if (Object.keys(most).length === 0) return { counts: () => [], close: () => Promise.resolve() };
  const { RedisSharedLimits } = await import('../../queue/bullmq/redis-shared-limits.ts');
  const redis = { redisUrl: config.redis.reveal(), prefix: config['queue.prefix'] };
  const limits = new RedisSharedLimits({ ...redis, clock: systemClock, random: systemRandom, log });
  const { queries, readStreams, uploads } = most;
  return {
    ...(queries === undefined ? {} : { queries: limits.limit('queries', queries) }),
    ...(readStreams === undefined ? {} : { readStreams: limits.limit('read-streams', readStreams) }),
    ...(uploads === undefined ? {} : { uploads: limits.limit('uploads', uploads) }),
    counts: () => limits.counts(),
    close: () => limits.close(),
  };
}

/** The numbers that are set. */
export function sharedLimitsOf(config: Config): { readonly [Name in keyof SharedLimits]?: number } {
  const limits = {
    queries: config['limits.queries'],
    readStreams: config['limits.readStreams'],
    uploads: config['limits.uploads'],
  };
  return Object.fromEntries(Object.entries(limits).filter(([, most]) => most > 0));
}
