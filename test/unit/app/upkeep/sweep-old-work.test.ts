import { describe, expect, it } from 'vitest';
import { MemoryObjectStore } from '../../../../src/adapters/memory/object-store.ts';
import { VirtualClock } from '../../../../src/adapters/memory/virtual-clock.ts';
import { startSweep } from '../../../../src/app/upkeep/sweep-old-work.ts';
import { WORK_KEPT_MS } from '../../../../src/domain/work-folder.ts';
import { recordedLog } from '../../../support/recorded-log.ts';

/** Sweeping takes an hour, or what is left until it is aborted. */
const SWEEP_MS = 3_600_000;

class SlowStore extends MemoryObjectStore {
  readonly sweeps: string[] = [];
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    super({ clock });
    this.#clock = clock;
  }

  async removeOldWork(signal: AbortSignal): Promise<number> {
    this.sweeps.push('begun');
    await this.#clock.sleep(SWEEP_MS, signal);
    return 3;
  }
}

function setup(queues?: readonly string[]) {
  const clock = new VirtualClock(Date.parse('2026-01-15T12:00:00Z'));
  const log = recordedLog();
  const store = new SlowStore(clock);
  return { clock, log, store, sweep: startSweep({ store, queues, clock, log }) };
}

describe('the sweep of old work', () => {
  it('runs at start and every day, and tells under its name what it removed', async () => {
    const { clock, log, store, sweep } = setup();

    await clock.advance(WORK_KEPT_MS + 2 * SWEEP_MS);
    await sweep.stop();

    expect(store.sweeps).toHaveLength(2);
    const line = { level: 'info', fields: { service: 'sweep', objects: 3 }, text: 'old work objects were removed' };
    // A pass of an hour is also said to take long.
    expect(log.lines.filter(({ level }) => level === 'info')).toEqual([line, line]);
  });

  it('is given ten seconds to end', async () => {
    const { clock, log, sweep } = setup();
    await clock.settle();

    const stopped = sweep.stop().then(() => clock.monotonic());
    await clock.advance(60_000);

    expect([await stopped, log.lines]).toEqual([10_000, []]);
  });

  it('leaves alone what other queues than those of statistics work on', async () => {
    const { clock, store, sweep } = setup(['records']);

    await clock.advance(WORK_KEPT_MS);
    await sweep.stop();

    expect(store.sweeps).toEqual([]);
  });
});
