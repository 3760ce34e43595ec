import { expect, it } from 'vitest';
import { VirtualClock } from '../../../src/adapters/memory/virtual-clock.ts';
import { QueueRest } from '../../../src/queue/queue-rest.ts';

const POLICY = { firstDelayMs: 1_000, longestDelayMs: 30_000 };
/** The whole delay, so that doublings show. */
const WHOLE = 1;

function setup() {
  const clock = new VirtualClock(0);
  const rest = new QueueRest({ policy: POLICY, clock });
  /** An attempt that begins when all rests so far are over is refused. */
  const refusedLater = async () => {
    await clock.advance(1_000_000);
    return rest.refused(clock.monotonic(), WHOLE);
  };
  return { clock, rest, refusedLater };
}

it('rests once for a wave of refusals of attempts that ran at once', () => {
  const { rest, clock } = setup();
  const startedAt = clock.monotonic();

  const delays = Array.from({ length: 32 }, () => rest.refused(startedAt, WHOLE));

  expect(delays).toEqual([1_000, ...Array.from({ length: 31 }, () => 0)]);
});

it('rests longer when attempts that began after a rest are refused again', async () => {
  const { refusedLater } = setup();
  const rests: number[] = [];

  for (let round = 0; round < 7; round++) rests.push(await refusedLater());

  expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

it('rests shortly again once an attempt that began after a rest has ended well', async () => {
  const { rest, clock, refusedLater } = setup();
  const before = clock.monotonic();
  const rests = [rest.refused(before, WHOLE), await refusedLater()];

  rest.succeeded(before);
  rests.push(await refusedLater());
  await clock.advance(1_000_000);
  rest.succeeded(clock.monotonic());
  rests.push(await refusedLater());

  expect(rests).toEqual([1_000, 2_000, 4_000, 1_000]);
});
