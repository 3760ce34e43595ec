import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../src/adapters/memory/virtual-clock.ts';
import { RefreshedPart } from '../../../../src/app/web/refreshed-part.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import { recordedLog } from '../../../support/recorded-log.ts';

const START = Date.parse('2026-01-15T12:00:00Z');
const EVERY_MS = 15_000;
const never = new AbortController().signal;

function setup() {
  const clock = new VirtualClock(START);
  const log = recordedLog();
  const world = { reads: 0, answer: (): Promise<number> => Promise.resolve(world.reads) };
  const part = new RefreshedPart({
    clock,
    log,
    name: 'The index',
    everyMs: EVERY_MS,
    usableMs: 60_000,
    waitMs: 2_000,
    read: () => {
      world.reads += 1;
      return world.answer();
    },
  });
  return { clock, log, part, world };
}

describe('a part that is read in the background', () => {
  it('is read once for everybody who looks while it is young', async () => {
    const { clock, part, world } = setup();

    const first = { kind: 'read', value: 1, at: START };
    const parts = await Promise.all([part.get(never), part.get(never)]);
    await clock.advance(EVERY_MS - 1);

    expect(parts).toEqual([first, first]);
    expect(await part.get(never)).toMatchObject({ value: 1 });
    expect(world.reads).toBe(1);
  });

  it('lets nobody wait for a newer value: the next reader gets it', async () => {
    const { clock, part, world } = setup();
    await part.get(never);
    await clock.advance(EVERY_MS);
    let answer: (value: number) => void = () => undefined;
    world.answer = () => new Promise((resolve) => (answer = resolve));

    expect(await part.get(never)).toMatchObject({ value: 1, at: START });
    answer(7);
    await clock.settle();

    expect(await part.get(never)).toMatchObject({ value: 7, at: START + EVERY_MS });
    expect(world.reads).toBe(2);
  });

  it('lets a reader wait for the first value, and says so if it takes long', async () => {
    const { clock, part, world } = setup();
    let answer: (value: number) => void = () => undefined;
    world.answer = () => new Promise((resolve) => (answer = resolve));

    const first = part.get(never);
    await clock.advance(2_000);
    expect(await first).toEqual({
      kind: 'unread',
      problem: 'The index is still being read; reload this page in a moment.',
    });
    answer(7);
    await clock.settle();

    expect(await part.get(never)).toMatchObject({ value: 7 });
    expect(world.reads).toBe(1);
  });

  it('shows no value that is too old before it has tried to read a newer one', async () => {
    const { clock, part } = setup();
    await part.get(never);
    await clock.advance(60_001);

    expect(await part.get(never)).toMatchObject({ value: 2 });
  });

  it('keeps the old value with the trouble, and tries no more often than agreed while its source fails', async () => {
    const { clock, log, part, world } = setup();
    await part.get(never);
    await clock.advance(EVERY_MS);
    world.answer = () => Promise.reject(new ContrailError('WAREHOUSE_BUSY', 'The warehouse is busy.'));
    await part.get(never);
    await clock.settle();

    expect(await part.get(never)).toEqual({
      kind: 'read',
      value: 1,
      at: START,
      trouble: 'The index could not be read: The warehouse is busy.',
    });
    expect(world.reads).toBe(2);
    expect(log.lines).toHaveLength(1);
    await clock.advance(EVERY_MS);
    world.answer = () => Promise.resolve(9);
    await part.get(never);
    await clock.settle();
    expect(await part.get(never)).toEqual({ kind: 'read', value: 9, at: START + 2 * EVERY_MS });
  });

  it('tells a mistake of ours to the log only', async () => {
    const { log, part, world } = setup();
    world.answer = () => Promise.reject(new Error('secret'));

    const found = await part.get(never);

    expect(JSON.stringify(found)).not.toContain('secret');
    expect(found).toMatchObject({ kind: 'unread' });
    expect(log.lines).toHaveLength(1);
  });

  it('gives up a source that never answers, and asks again', async () => {
    const { clock, part, world } = setup();
    world.answer = () => new Promise(() => undefined);
    const first = part.get(never);
    await clock.advance(60_000);
    await first;
    world.answer = () => Promise.resolve(5);

    expect(await part.get(never)).toMatchObject({ kind: 'read', value: 5 });
  });

  it('lets a reader go who has left', async () => {
    const { part, world } = setup();
    world.answer = () => new Promise(() => undefined);
    const leaving = new AbortController();

    const waiting = part.get(leaving.signal);
    leaving.abort(new Error('gone'));

    await expect(waiting).rejects.toThrow('gone');
  });
});
