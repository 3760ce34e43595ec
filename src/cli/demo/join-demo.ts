/** `contrail --demo …`: runs any other command on the data of the demo in this folder. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock } from '../../adapters/system/clock.ts';
import { enterDemo } from '../../config/demo-environment.ts';
import { ContrailError } from '../../domain/errors.ts';
import { say } from '../output.ts';
import { asOwnerOfDemo, findRunningDemo, writeRunning } from './demo-folder.ts';
import { openDemoRedis } from './demo-redis.ts';
import { DEMO_WAREHOUSE, demoSettings, ignoredSentence } from './demo-settings.ts';

/** For commands that do not use Redis; nothing listens on this address. */
const NO_REDIS = 'redis://127.0.0.1:1';

/** Runs a command with the demo's settings. If the demo is not running, its Redis is started for this command alone. */
export async function joinDemo(
  arguments_: readonly string[],
  run: (arguments_: readonly string[]) => Promise<void>,
): Promise<void> {
  const [command] = arguments_;
  if (command === undefined || command === 'demo' || command === 'help' || arguments_.some(isForHelp)) {
    return run(arguments_);
  }
  if (!existsSync(DEMO_WAREHOUSE)) {
    throw new ContrailError('USAGE', `This folder has no demo: ${resolve(DEMO_WAREHOUSE)} is missing.`, {
      hint: 'Start it with `contrail demo`.',
    });
  }
  const work = (redisUrl: string): Promise<void> => {
    // The demo's own pages use the usual port.
    const ignored = enterDemo({ ...demoSettings(redisUrl), CONTRAIL_WEB_PORT: '0' });
    const sentence = ignoredSentence(ignored);
    if (sentence !== undefined) say(sentence);
    return run(arguments_);
  };
  const running = await findRunningDemo();
  if (running !== undefined) return work(running.redisUrl);
  if (!needsRedis(arguments_)) return work(NO_REDIS);
  await withOwnRedis(`contrail --demo ${command}`, work);
}

async function withOwnRedis(command: string, work: (redisUrl: string) => Promise<void>): Promise<void> {
  const { signal } = new AbortController();
  await asOwnerOfDemo(signal, async () => {
    const redis = await openDemoRedis({ mayInstall: false, clock: systemClock, signal });
    try {
      writeRunning({ command, redisUrl: redis.url, isPrivate: true });
      await work(redis.url);
    } finally {
      await redis.stop();
    }
  });
}

function isForHelp(argument: string): boolean {
  return ['-h', '--help', '-V', '--version'].includes(argument);
}

/** Alerts look at the queues; other `run …` commands need no Redis. */
function needsRedis([command, subject]: readonly string[]): boolean {
  return command !== 'run' || subject === 'check-alerts';
}
