/** Finds workers that are up but take nothing, as happened after an outage of Redis. */
import type { Clock } from '../ports/clock.ts';
import { type QueueLook, readyJobs } from '../ports/queue-watch.ts';

/** Much longer than a worker with room leaves a ready job alone. */
const PATIENCE_MS = 30_000;

/** The worker of one queue in this process. */
export interface WatchedWorker {
  readonly queue: string;
  /** Whether it could run another job now. */
  readonly hasRoom: boolean;
  /** How many jobs it has taken so far. */
  readonly taken: number;
}

interface Idleness {
  readonly next: string | undefined;
  readonly taken: number;
  readonly since: number;
}

export interface StuckWorkersOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Default: half a minute. */
  readonly patienceMs?: number;
}

export class StuckWorkers {
  readonly #options: StuckWorkersOptions;
  readonly #idle = new Map<string, Idleness>();

  constructor(options: StuckWorkersOptions) {
    this.#options = options;
  }

  /**
   * The queues whose worker had room, and took nothing, while the same job was next in line for as long as that. Others that
   * take jobs move the line on. Each is told once, and again if it goes on like that.
   */
  note(looks: readonly QueueLook[], workers: readonly WatchedWorker[]): readonly string[] {
    const { clock, patienceMs = PATIENCE_MS } = this.#options;
    const now = clock.monotonic();
    const idle = workers.flatMap(({ queue, hasRoom, taken }): (readonly [string, Idleness])[] => {
      const look = looks.find((candidate) => candidate.queue === queue);
      if (look === undefined || !hasRoom || readyJobs(look) === 0 || look.restMs > 0) return [];
      const before = this.#idle.get(queue);
      const isSame = before !== undefined && before.next === look.next && before.taken === taken;
      return [[queue, isSame ? before : { next: look.next, taken, since: now }]];
    });
    const stuck = idle.filter(([, { since }]) => now - since >= patienceMs).map(([queue]) => queue);
    this.#idle.clear();
    for (const [queue, idleness] of idle) if (!stuck.includes(queue)) this.#idle.set(queue, idleness);
    return stuck;
  }

  /** Redis did not answer, so nothing is known of the time since. */
  forget(): void {
    this.#idle.clear();
  }
}
