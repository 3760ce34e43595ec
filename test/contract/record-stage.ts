/** What every stage of records must do. */
import { describe, expect, it } from 'vitest';
import { RecordsPayload } from '../../src/jobs/records-job.ts';
import type { RecordBatch } from '../../src/ports/record-sink.ts';
import type { RecordStage } from '../../src/ports/record-stage.ts';

export interface RecordStageLimits {
  readonly windowMs?: number;
  readonly mostKnown?: number;
  readonly mostBytes?: number;
}

export interface RecordStageWorld {
  readonly stage: RecordStage;
  /** Resolves when that time has passed for the stage. */
  readonly pass: (ms: number) => Promise<void>;
}

const batch = (id: string, message = id): RecordBatch => ({ id, table: 'logs', rows: [{ message }] });

async function staged(stage: RecordStage, id: string) {
  const window = await stage.stage(batch(id));
  if (window === undefined) throw new Error(`${id} was known`);
  return window;
}

export function describeRecordStage(name: string, setup: (limits: RecordStageLimits) => RecordStageWorld): void {
  describe(`record stage: ${name}`, () => {
    it('gathers batches of a table in one window, each once, and gives them again until they are dropped', async () => {
      const { stage } = setup({});

      const first = await staged(stage, 'a');
      const second = await staged(stage, 'b');
      const again = await stage.stage(batch('a'));
      const rows = [await stage.take(first), await stage.take(first)];
      await stage.drop(first);

      expect([second.window, again]).toEqual([first.window, undefined]);
      expect(rows).toEqual([
        [{ message: 'a' }, { message: 'b' }],
        [{ message: 'a' }, { message: 'b' }],
      ]);
      expect([await stage.take(first), await stage.windows()]).toEqual([[], []]);
    });

    it('shows the rows of a window that goes on taking rows', async () => {
      const { stage } = setup({});
      const window = await staged(stage, 'a');

      const peeked = await stage.peek(window);
      const next = await staged(stage, 'b');
      const more = await stage.peek(window);
      await stage.drop(window);

      expect([peeked, next.window]).toEqual([[{ message: 'a' }], window.window]);
      expect([more, await stage.peek(window)]).toEqual([[{ message: 'a' }, { message: 'b' }], []]);
    });

    it('names windows so that jobs can carry them', async () => {
      const { stage } = setup({});
      const { table, window } = await staged(stage, 'a');

      const payload = RecordsPayload.safeParse({ version: 2, table, window });

      expect(payload.error).toBeUndefined();
    });

    it('gives each table a window of its own', async () => {
      const { stage } = setup({});

      const logs = await staged(stage, 'a');
      const runs = await stage.stage({ id: 'b', table: 'export_runs_v1', rows: [{ run_id: 'b' }] });

      expect((await stage.windows()).map(({ table }) => table).toSorted()).toEqual(['export_runs_v1', 'logs']);
      expect(await stage.take(logs)).toEqual([{ message: 'a' }]);
      expect(runs?.table).toBe('export_runs_v1');
    });

    it('puts nothing into a window that was taken', async () => {
      const { stage } = setup({});
      const first = await staged(stage, 'a');
      await stage.take(first);

      const second = await staged(stage, 'b');

      expect(second.window).not.toBe(first.window);
      expect(await stage.take(first)).toEqual([{ message: 'a' }]);
    });

    it('opens another window when the time of one is over', async () => {
      const { stage, pass } = setup({ windowMs: 10 });
      const first = await staged(stage, 'a');
      await pass(30);

      const second = await staged(stage, 'b');

      expect(second.window).not.toBe(first.window);
      const [over] = (await stage.windows()).filter(({ window }) => window === first.window);
      expect(over?.endsInMs).toBe(0);
    });

    it('tells how many batches wait, and how late they are', async () => {
      const { stage, pass } = setup({ windowMs: 10 });
      const nothing = await stage.waiting();
      await staged(stage, 'a');
      const early = await stage.waiting();
      await pass(30);

      const late = await stage.waiting();

      expect(nothing).toEqual({ batches: 0, oldestMs: 0, lateMs: 0 });
      expect([early.batches, late.batches]).toEqual([1, 1]);
      expect(late.lateMs).toBeGreaterThan(0);
      expect(late.oldestMs).toBeGreaterThanOrEqual(late.lateMs);
    });

    it('tells what waits, what was written and what it has lost', async () => {
      const { stage } = setup({});
      const written = await staged(stage, 'written');
      await stage.take(written);
      await stage.drop(written);
      const open = await staged(stage, 'waiting');

      const fates = await stage.fatesOf([
        { id: 'written', ...written },
        { id: 'waiting', ...open },
        { id: 'never staged', ...open },
      ]);

      expect(fates).toEqual(['written', 'waiting', 'lost']);
    });

    it('remembers no more ids than it may', async () => {
      const { stage } = setup({ mostKnown: 10 });
      for (let number = 0; number < 30; number++) await stage.stage(batch(`batch-${number}`));

      const newest = await stage.stage(batch('batch-29'));
      const oldest = await stage.stage(batch('batch-0'));

      expect([newest, oldest?.table]).toEqual([undefined, 'logs']);
    });

    it('holds no more bytes than it may, and takes records again once some are written', async () => {
      const { stage } = setup({ mostBytes: 100 });
      const first = await staged(stage, 'a');
      const full = stage.stage(batch('b', 'x'.repeat(100)));

      await expect(full).rejects.toMatchObject({ code: 'REDIS_UNSUITABLE' });
      await stage.take(first);
      await stage.drop(first);

      expect(await stage.stage(batch('b', 'x'.repeat(100)))).toBeDefined();
    });

    it('keeps refused rows once, the newest first, and no more than a thousand', async () => {
      const { stage, pass } = setup({});
      const refused = (number: number) => ({
        id: `row-${number}`,
        table: 'logs',
        reason: `reason ${number}`,
        row: '{}',
      });
      await stage.setAside([refused(1)]);
      await stage.setAside([refused(1)]);
      const few = await stage.refused(5);
      await pass(2);
      await stage.setAside([refused(2)]);
      const two = await stage.refused(1);
      await stage.setAside(Array.from({ length: 1_005 }, (_, number) => refused(number + 10)));

      const many = await stage.refused(0);

      expect(few).toMatchObject({ count: 1, newest: [{ id: 'row-1', reason: 'reason 1' }] });
      expect(two).toMatchObject({ count: 2, newest: [{ id: 'row-2' }] });
      expect(many).toEqual({ count: 1_000, newest: [] });
    });
  });
}
