/** The Redis of the demo: a private one, or the one given by --redis. */
import { findRedisServer, installRedisServer } from '../../adapters/redis-server/find-redis-server.ts';
import { startPrivateRedis } from '../../adapters/redis-server/private-redis.ts';
import { ContrailError } from '../../domain/errors.ts';
import { say } from '../output.ts';
import { findRunningDemo } from './demo-folder.ts';
import { DEMO_REDIS_FOLDER } from './demo-settings.ts';
import type { Clock } from '../../ports/clock.ts';
import { checkRedis } from '../../app/compose/open-queue.ts';

/** Time to read what will be installed and press Ctrl-C. */
const TIME_TO_OBJECT_MS = 5_000;
const KILLED_REDIS_LIMIT_MS = 10_000;
const LOOK_PAUSE_MS = 100;

export interface DemoRedis {
  readonly url: string;
  readonly isPrivate: boolean;
  readonly stop: () => Promise<void>;
}

export interface DemoRedisOptions {
  /** Use this Redis instead of a private one. */
  readonly url?: string;
  /** Whether redis-server may be installed if it is missing. */
  readonly mayInstall: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Only for the owner of the demo's folder. Throws REDIS_NOT_FOUND if there is none and none may be installed. */
export async function openDemoRedis({ url, mayInstall, clock, signal }: DemoRedisOptions): Promise<DemoRedis> {
  if (url !== undefined) {
    await checkRedis(url);
    return { url, isPrivate: false, stop: () => Promise.resolve() };
  }
  const program = mayInstall ? await installRedisServer(warnOf(clock, signal)) : await findRedisServer();
  await untilKilledRedisIsGone(clock);
  const redis = await startPrivateRedis({
    folder: DEMO_REDIS_FOLDER,
    appendonly: true,
    clock,
    ...(program === undefined ? {} : { program }),
  });
  return { url: redis.url, isPrivate: true, stop: redis.stop };
}

function warnOf(clock: Clock, signal: AbortSignal): (command: string) => Promise<void> {
  return async (command) => {
    say(`This machine has no redis-server. Installing it: ${command}`);
    say('No service is started. To prevent it, press Ctrl-C within 5 s, then use --no-install or --redis <url>.');
    await clock.sleep(TIME_TO_OBJECT_MS, signal);
  };
}

/** The Redis of a killed demo ends a moment later. Wait for it: two must not write the same files. */
async function untilKilledRedisIsGone(clock: Clock): Promise<void> {
  for (let waitedMs = 0; (await findRunningDemo())?.isPrivate === true; waitedMs += LOOK_PAUSE_MS) {
    if (waitedMs >= KILLED_REDIS_LIMIT_MS) {
      throw new ContrailError('REDIS_UNSUITABLE', 'The Redis of a killed demo is still running.', {
        hint: 'End that redis-server, then start the demo again.',
      });
    }
    await clock.sleep(LOOK_PAUSE_MS);
  }
}
