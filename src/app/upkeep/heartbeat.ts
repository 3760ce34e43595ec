/** Tells the other processes regularly that this one is alive. */
import { hostname } from 'node:os';
import type { Clock } from '../../ports/clock.ts';
import type { Heartbeats, ProcessIdentity } from '../../ports/heartbeats.ts';
import type { Log } from '../../ports/log.ts';
import { settlesWithin } from '../../queue/settles-within.ts';
import { Repeating } from '../repeating.ts';

const INTERVAL_MS = 15_000;
const LAST_WORD_MS = 1_000;

export interface HeartbeatDependencies {
  readonly heartbeats: Heartbeats;
  readonly clock: Clock;
  readonly log: Log;
}

/** Starts with a beat. `stop` says that the process ends, and closes the connection. */
export function startHeartbeat(
  { heartbeats, clock, log }: HeartbeatDependencies,
  about: Pick<ProcessIdentity, 'role' | 'queues'>,
): { readonly stop: () => Promise<void> } {
  const identity = { ...about, name: `${hostname()}:${process.pid}` };
  const beating = new Repeating({
    name: 'heartbeat',
    intervalMs: INTERVAL_MS,
    clock,
    log,
    // Others report that Redis is away.
    failure: { level: 'debug', text: 'could not tell that this process is alive' },
    pass: () => heartbeats.beat(identity),
  });
  beating.start();
  return {
    async stop() {
      const ended = beating.stop().then(() => heartbeats.leave(identity));
      await settlesWithin(ended, LAST_WORD_MS, clock);
      heartbeats.close();
    },
  };
}
