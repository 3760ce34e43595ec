/** What the rest of a throttled queue promises to all its workers. */
import { describe, expect, it } from 'vitest';
import type { QueueLook } from '../../src/ports/queue-watch.ts';
import type { QueueRest, QueueRestLimits } from '../../src/queue/queue-rest.ts';

export interface QueueRestSetup {
  /** A worker of the same queue. */
  readonly worker: (limits?: QueueRestLimits) => QueueRest;
  readonly look: () => Promise<QueueLook>;
}

const HOUR_MS = 3_600_000;
const LONG: QueueRestLimits = { calmMs: HOUR_MS, forgottenAfterMs: HOUR_MS };
const AGES_AGO = 60_000;
const DELAYS = [1, 2, 3, 4];

export function describeQueueRest(name: string, setup: () => QueueRestSetup): void {
  describe(`${name} as the rest of a queue`, () => {
    it('rests once for a wave of refusals, whichever workers are refused', async () => {
      const { worker, look } = setup();
      const workers = [worker(), worker()];
      const rests: number[] = [];

      for (let wave = 0; wave < 16; wave++)
        for (const one of workers) rests.push(await one.refused({ ranMs: AGES_AGO, delaysMs: [HOUR_MS] }));

      expect(rests).toEqual([HOUR_MS, ...Array.from({ length: 31 }, () => 0)]);
      expect((await look()).restMs).toBeGreaterThan(HOUR_MS / 2);
    });

    it('does not shorten the longer rest of another worker', async () => {
      const { worker, look } = setup();

      await worker().refused({ ranMs: AGES_AGO, delaysMs: [HOUR_MS] });
      await worker().refused({ ranMs: AGES_AGO, delaysMs: [1] });

      expect((await look()).restMs).toBeGreaterThan(HOUR_MS / 2);
    });

    it('rests longer with each refusal in a row, whichever worker is refused', async () => {
      const { worker } = setup();
      const workers = [worker(), worker()];
      const rests: number[] = [];

      for (let round = 0; round < 3; round++) for (const one of workers) rests.push(await refusedAfterRest(one));

      expect(rests).toEqual([1, 2, 3, 4, 4, 4]);
    });

    it('rests shortly again once an attempt of any worker that began after the rest succeeded', async () => {
      const { worker, look } = setup();
      const refused = worker();
      const rests = [await refusedAfterRest(refused), await refusedAfterRest(refused)];

      await worker().succeeded(AGES_AGO);
      rests.push(await refusedAfterRest(refused));
      await lookUntil(look, ({ restMs }) => restMs === 0);
      await worker().succeeded(0);
      rests.push(await refusedAfterRest(refused));

      expect(rests).toEqual([1, 2, 3, 1]);
    });

    it('is throttled since the first refusal, also if some attempts succeed in between', async () => {
      const { worker, look } = setup();
      const before = await look();
      await refusedAfterRest(worker(LONG));
      const first = await lookUntil(look, ({ throttledMs, restMs }) => throttledMs >= 20 && restMs === 0);

      await worker(LONG).succeeded(0);
      await refusedAfterRest(worker(LONG));
      const second = await look();

      expect(before.throttledMs).toBe(0);
      expect(second.throttledMs).toBeGreaterThanOrEqual(first.throttledMs);
    });

    it('ends with a success when nobody was refused for a while, and begins anew with the next refusal', async () => {
      const { worker, look } = setup();
      const limits = { ...LONG, calmMs: 1 };
      await refusedAfterRest(worker(limits));
      await refusedAfterRest(worker(limits));
      await lookUntil(look, ({ throttledMs, restMs }) => throttledMs >= 50 && restMs === 0);

      await worker(limits).succeeded(0);
      await lookUntil(look, ({ throttledMs }) => throttledMs === 0);
      const rest = await refusedAfterRest(worker(limits));

      expect(rest).toBe(1);
      expect((await look()).throttledMs).toBeGreaterThan(0);
    });

    it('is not throttled any more when nobody has been refused for long, even if nobody succeeded', async () => {
      const { worker, look } = setup();

      await refusedAfterRest(worker({ calmMs: HOUR_MS, forgottenAfterMs: 5 }));

      expect(await lookUntil(look, ({ throttledMs }) => throttledMs === 0)).toMatchObject({ restMs: 0 });
    });
  });
}

/** An attempt begins when the rest is over, and is refused at once. */
async function refusedAfterRest(worker: QueueRest): Promise<number> {
  for (;;) {
    const restMs = await worker.refused({ ranMs: 0, delaysMs: DELAYS });
    if (restMs > 0) return restMs;
  }
}

async function lookUntil(look: QueueRestSetup['look'], isIt: (look: QueueLook) => boolean): Promise<QueueLook> {
  for (;;) {
    const seen = await look();
    if (isIt(seen)) return seen;
  }
}
