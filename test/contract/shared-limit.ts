/** What every limit promises to those that wait for their turns. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SharedLimit } from '../../src/ports/shared-limit.ts';

export interface SharedLimitSetup {
  /** The same limit as two workers know it. */
  readonly workers: readonly [SharedLimit, SharedLimit];
  /** Resolves when it is known who waits. */
  readonly settled: () => Promise<void>;
}

const never = new AbortController().signal;

export function describeSharedLimit(name: string, setup: (most: number) => SharedLimitSetup): void {
  /** Takes turns under names, and tells whose it has been so far. */
  function makeLine(most: number) {
    const { workers, settled } = setup(most);
    const begun: string[] = [];
    let next = 0;
    const take = async (who: string, signal = never) => {
      const worker = workers[next++ % 2 === 0 ? 0 : 1];
      const taken = worker.acquire(signal).then((end) => {
        begun.push(who);
        return end;
      });
      taken.catch(() => undefined);
      await settled();
      return { taken };
    };
    return { workers, settled, begun, take };
  }

  describe(`${name} as a limit`, () => {
    it('gives as many turns at once as it has, and the next to whoever has waited longest', async () => {
      const { begun, take } = makeLine(2);
      const first = await take('first');
      const second = await take('second');
      const [endFirst] = await Promise.all([first.taken, second.taken]);
      const third = await take('third');
      const fourth = await take('fourth');
      const before = [...begun];

      endFirst();
      endFirst();
      const endThird = await third.taken;
      const afterFirst = [...begun];
      endThird();
      await fourth.taken;

      expect(before).toEqual(['first', 'second']);
      expect(afterFirst).toEqual(['first', 'second', 'third']);
      expect(begun).toEqual(['first', 'second', 'third', 'fourth']);
    });

    it('leaves out who was aborted while waiting, with the reason', async () => {
      const { begun, take, settled } = makeLine(1);
      const endFirst = await (await take('first')).taken;
      const impatience = new AbortController();
      const second = await take('second', impatience.signal);
      const third = await take('third');
      const reason = new Error('no longer wanted');

      impatience.abort(reason);
      await expect(second.taken).rejects.toBe(reason);
      await settled();
      endFirst();
      await third.taken;

      expect(begun).toEqual(['first', 'third']);
    });

    it('gives no turn to who was aborted before', async () => {
      const { workers } = makeLine(1);

      await expect(workers[0].acquire(AbortSignal.abort(new Error('over')))).rejects.toThrow('over');
      const end = await workers[1].acquire(never);

      end();
    });

    it('never has more turns at once than it allows, serves everybody and loses no turn', async () => {
      const task = fc.record({ worker: fc.constantFrom(0 as const, 1 as const), pauses: fc.nat(4), gaveUp: fc.nat(8) });
      const tasks = fc.array(task, { minLength: 1, maxLength: 24 });

      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 4 }), tasks, async (most, list) => {
          const { workers } = setup(most);
          let running = 0;
          let highest = 0;
          const served = await Promise.all(
            list.map(async ({ worker, pauses, gaveUp }) => {
              const giveUp = new AbortController();
              const turn = workers[worker].acquire(giveUp.signal);
              if (gaveUp === 0) giveUp.abort(new Error('gave up'));
              const end = await turn.catch(() => undefined);
              if (end === undefined) return gaveUp === 0;
              highest = Math.max(highest, (running += 1));
              for (let pause = 0; pause < pauses; pause++) await new Promise((resolve) => setImmediate(resolve));
              running -= 1;
              end();
              return true;
            }),
          );
          const all = await Promise.all(Array.from({ length: most }, () => workers[1].acquire(never)));

          expect(served.every(Boolean)).toBe(true);
          expect(highest).toBeLessThanOrEqual(most);
          expect(all).toHaveLength(most);
        }),
        { numRuns: 40 },
      );
    });
  });
}
