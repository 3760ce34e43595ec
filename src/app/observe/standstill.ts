/** Finds queues whose jobs nobody takes although they could: no worker runs, or one runs and takes nothing. */
import type { Clock } from '../../ports/clock.ts';
import { type QueueLook, readyJobs } from '../../ports/queue-watch.ts';

/** Longer than a killed worker's jobs take to come back, and than a worker needs after an outage of Redis. */
const PATIENCE_MS = 60_000;

export interface Standstill {
  readonly queue: string;
  readonly ready: number;
  readonly forMs: number;
}

interface Stop {
  readonly next: string | undefined;
  readonly since: number;
}

export class Standstills {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #stops = new Map<string, Stop>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Those that have stood still since an earlier look, for a minute or more: the same job was next in line all the time. */
  note(looks: readonly QueueLook[]): Standstill[] {
    const now = this.#clock.monotonic();
    return looks.flatMap((look) => {
      if (!standsStill(look)) {
        this.#stops.delete(look.queue);
        return [];
      }
      const known = this.#stops.get(look.queue);
      const stop = known?.next === look.next && known !== undefined ? known : { next: look.next, since: now };
      this.#stops.set(look.queue, stop);
      const forMs = now - stop.since;
      return forMs < PATIENCE_MS ? [] : [{ queue: look.queue, ready: readyJobs(look), forMs }];
    });
  }
}

function standsStill(look: QueueLook): boolean {
  return readyJobs(look) > 0 && look.jobs.active === 0 && look.restMs === 0;
}

export function standstillSentence({ queue, ready, forMs }: Standstill): string {
  const jobs = ready === 1 ? '1 job is' : `${ready} jobs are`;
  return `No worker takes jobs of ${queue}: ${jobs} ready, and none was taken for ${Math.round(forMs / 1000)} s. Start \`contrail worker\`, or restart the running ones.`;
}
