/** Follows a backfill by its record: a command or two a second for any number of jobs. */
import { ContrailError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Backfill } from '../../ports/backfills.ts';
import { findBackfill } from './change-backfill.ts';
import { type SettleDependencies, settleBackfill } from './settle.ts';

const LOOK_EVERY_MS = 1_000;
/** Ends that nobody noted are looked for this often, while nothing else changes. */
const SETTLE_EVERY_MS = 60_000;
/** Looks in a row without a running job before that is reported; jobs also pause before a retry. */
const QUIET_LOOKS = 10;
const REDIS_PATIENCE_MS = 300_000;

export interface FollowDependencies extends SettleDependencies {
  readonly clock: Clock;
}

export interface FollowBackfillRequest {
  readonly id: string;
  readonly signal: AbortSignal;
  readonly onProgress: (backfill: Backfill) => void;
  /** Called each time the backfill is found paused that was not. */
  readonly onPaused: () => void;
  /** Called once when jobs wait and none has run for a while. */
  readonly onIdle: () => void;
  /** Called once each time Redis stops answering; following continues for five minutes. */
  readonly onRedisAway: (error: ContrailError) => void;
}

/** The backfill when all its jobs have ended, or when the signal aborts. Throws BACKFILL_UNKNOWN. */
export async function followBackfill(deps: FollowDependencies, request: FollowBackfillRequest): Promise<Backfill> {
  const { clock } = deps;
  const { id, signal, onProgress } = request;
  let backfill = await findBackfill(deps.backfills, id);
  const watch = new Watch(request);
  let settledAt = clock.monotonic() - SETTLE_EVERY_MS;
  let awaySince: number | undefined;
  while (!signal.aborted) {
    onProgress(backfill);
    if (isOver(backfill, clock.now())) break;
    watch.look(backfill);
    await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
    try {
      backfill = await findBackfill(deps.backfills, id);
      if (clock.monotonic() - settledAt >= SETTLE_EVERY_MS) {
        settledAt = clock.monotonic();
        backfill = await settleBackfill(deps, backfill, signal);
      }
      awaySince = undefined;
    } catch (error) {
      if (signal.aborted) break;
      if (!(error instanceof ContrailError) || error.code !== 'REDIS_UNREACHABLE') throw error;
      if (awaySince === undefined) request.onRedisAway(error);
      awaySince ??= clock.monotonic();
      if (clock.monotonic() - awaySince > REDIS_PATIENCE_MS) throw error;
    }
  }
  return backfill;
}

/** Of a killed command, the backfill stays incomplete; if nothing joins for a minute, nothing will. */
function isOver({ open, isEnqueued, state, changedAt }: Backfill, now: number): boolean {
  return open === 0 && (isEnqueued || state === 'cancelled' || now - changedAt > SETTLE_EVERY_MS);
}

/** Notices that a backfill is paused, and that nobody works on it. */
class Watch {
  readonly #request: FollowBackfillRequest;
  #wasPaused = false;
  #quietLooks = 0;
  #ended = 0;

  constructor(request: FollowBackfillRequest) {
    this.#request = request;
  }

  look({ state, running, ended }: Backfill): void {
    const isPaused = state === 'paused';
    if (isPaused && !this.#wasPaused) this.#request.onPaused();
    this.#wasPaused = isPaused;
    const count = Object.values(ended).reduce((sum, ends) => sum + ends, 0);
    const isQuiet = !isPaused && running === 0 && count === this.#ended;
    this.#ended = count;
    this.#quietLooks = isQuiet ? this.#quietLooks + 1 : 0;
    if (this.#quietLooks === QUIET_LOOKS) this.#request.onIdle();
  }
}
