/**
 * Tells the other processes regularly that this one is alive. What Redis answers tells more: whether the clocks agree, and
 * whether it has lost its data.
 */
import { hostname } from 'node:os';
import { CLOCK_REMEDY, clockDetail, ODD_CLOCK_MS, WRONG_CLOCK_MS } from '../../domain/clock-difference.ts';
import type { Clock, WallClock } from '../../ports/clock.ts';
import type { Heartbeats, ProcessIdentity } from '../../ports/heartbeats.ts';
import type { Log } from '../../ports/log.ts';
import { settlesWithin } from '../../queue/settles-within.ts';
import { Repeating } from '../repeating.ts';

const INTERVAL_MS = 15_000;
const LAST_WORD_MS = 1_000;

export interface HeartbeatDependencies {
  readonly heartbeats: Heartbeats;
  readonly clock: Clock;
  /** The clock of the machine, also where `clock` is a fixed one. */
  readonly machineClock: WallClock;
  readonly log: Log;
  /** Learns what keeps this process from its work, and that it is over (undefined). */
  readonly onTrouble?: (subject: string, sentence: string | undefined) => void;
}

/** Starts with a beat. `stop` says that the process ends, and closes the connection. */
export function startHeartbeat(
  deps: HeartbeatDependencies,
  about: Pick<ProcessIdentity, 'role' | 'queues'>,
): { readonly stop: () => Promise<void> } {
  const { heartbeats, clock, log } = deps;
  const identity = { ...about, name: `${hostname()}:${process.pid}` };
  const store = new StoreWatch(deps);
  const beating = new Repeating({
    name: 'heartbeat',
    intervalMs: INTERVAL_MS,
    clock,
    log,
    // Others report that Redis is away.
    failure: { level: 'debug', text: 'could not tell that this process is alive' },
    pass: () => store.beat(identity),
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

/** Compares each answer of the store with the one before. */
class StoreWatch {
  readonly #deps: HeartbeatDependencies;
  #dataName: string | undefined;
  #isClockOdd = false;

  constructor(deps: HeartbeatDependencies) {
    this.#deps = deps;
  }

  async beat(identity: ProcessIdentity): Promise<void> {
    const { heartbeats, machineClock } = this.#deps;
    const askedAt = machineClock.now();
    const { storeNow, dataName } = await heartbeats.beat(identity);
    const answeredAt = machineClock.now();
    const isLost = this.#dataName !== undefined && this.#dataName !== dataName;
    this.#dataName = dataName;
    if (isLost) await this.#tellLoss();
    // The answer was made at some time between.
    this.#compareClocks(storeNow - Math.min(Math.max(storeNow, askedAt), answeredAt));
  }

  #compareClocks(aheadMs: number): void {
    const { log, onTrouble } = this.#deps;
    const isOdd = Math.abs(aheadMs) >= ODD_CLOCK_MS;
    if (isOdd && !this.#isClockOdd) log.warn({ problem: clockDetail(aheadMs), remedy: CLOCK_REMEDY }, 'clocks differ');
    if (!isOdd && this.#isClockOdd) log.info({}, 'clocks agree again');
    this.#isClockOdd = isOdd;
    const isWrong = Math.abs(aheadMs) >= WRONG_CLOCK_MS;
    onTrouble?.('clock', isWrong ? `${clockDetail(aheadMs)} ${CLOCK_REMEDY}` : undefined);
  }

  async #tellLoss(): Promise<void> {
    const { heartbeats, log } = this.#deps;
    log.warn({}, LOST_DATA);
    await heartbeats.noteLoss();
  }
}

const LOST_DATA =
  'Redis has lost its data: it was flushed, or restarted without its file. The next scan enqueues what is due; paused queues and cancelled exports are forgotten';
