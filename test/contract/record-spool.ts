/** What every spool of records must do. */
import { describe, expect, it } from 'vitest';
import type { RecordBatch } from '../../src/ports/record-sink.ts';
import type { RecordSpool } from '../../src/ports/record-spool.ts';

const batch = (id: string): RecordBatch => ({ id, table: 'logs', rows: [{ message: `of ${id}` }] });

export interface RecordSpoolLimits {
  readonly mostCopyBytes?: number;
}

export function describeRecordSpool(name: string, setup: (limits: RecordSpoolLimits) => RecordSpool): void {
  const replayInto = (spool: RecordSpool, taken: RecordBatch[]) =>
    spool.replay(async (waiting) => {
      taken.push(waiting);
    });

  describe(`record spool: ${name}`, () => {
    it('gives back what it kept, in order, once', async () => {
      const spool = setup({});
      const taken: RecordBatch[] = [];
      await spool.keep(batch('a'));
      await spool.keep(batch('b'));

      const first = await replayInto(spool, taken);
      const second = await replayInto(spool, taken);

      expect([first, second]).toEqual([2, 0]);
      expect(taken).toEqual([batch('a'), batch('b')]);
    });

    it('keeps what could not be taken, for the next replay', async () => {
      const spool = setup({});
      const taken: RecordBatch[] = [];
      await spool.keep(batch('a'));
      await spool.keep(batch('b'));

      const failing = spool.replay(async (waiting) => {
        if (waiting.id === 'b') throw new Error('Redis is away');
        taken.push(waiting);
      });
      await expect(failing).rejects.toThrow('Redis is away');
      await replayInto(spool, taken);

      // What was taken before the trouble may come again: the id of a batch makes that harmless.
      expect([...new Set(taken.map(({ id }) => id))]).toEqual(['a', 'b']);
      expect(taken.at(-1)).toEqual(batch('b'));
    });

    it('hands each batch to one of two replays', async () => {
      const spool = setup({});
      const taken: RecordBatch[] = [];
      for (const id of ['a', 'b', 'c']) await spool.keep(batch(id));

      await Promise.all([replayInto(spool, taken), replayInto(spool, taken)]);

      expect(taken.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    });

    it('keeps copies until they are settled, the oldest first', async () => {
      const spool = setup({});
      const seen: string[][] = [];
      const review = (isSettled: boolean) =>
        spool.review((copies) => {
          seen.push(copies.map(({ id, window }) => `${id} ${window}`));
          return Promise.resolve(isSettled);
        });
      await spool.keepCopy({ ...batch('a'), window: '1-a' });
      await review(false);
      await spool.keepCopy({ ...batch('b'), window: '2-b' });

      await review(false);
      await review(true);
      await review(true);

      expect(seen).toEqual([['a 1-a'], ['a 1-a'], ['a 1-a'], ['b 2-b']]);
      expect(await replayInto(spool, [])).toBe(0);
    });

    it('lets copies be kept while some are reviewed', async () => {
      const spool = setup({});
      await spool.keepCopy({ ...batch('a'), window: '1-a' });

      await spool.review(async () => {
        await spool.keepCopy({ ...batch('a'), window: '2-b' });
        return true;
      });
      const left: string[] = [];
      await spool.review((copies) => {
        left.push(...copies.map(({ window }) => window));
        return Promise.resolve(true);
      });

      expect(left).toEqual(['2-b']);
    });

    it('keeps no more copies than it may', async () => {
      const spool = setup({ mostCopyBytes: 50 });
      for (const id of ['a', 'b', 'c', 'd', 'e']) await spool.keepCopy({ ...batch(id), window: '1-a' });
      const kept: string[] = [];

      await spool.review((copies) => {
        kept.push(...copies.map(({ id }) => id));
        return Promise.resolve(true);
      });

      expect(kept.length).toBeLessThan(5);
      expect(kept).toEqual(['a', 'b', 'c', 'd'].slice(0, kept.length));
    });
  });
}
