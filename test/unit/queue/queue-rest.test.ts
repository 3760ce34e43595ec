import { expect, it } from 'vitest';
import { QueueRest } from '../../../src/queue/queue-rest.ts';

const POLICY = { firstDelayMs: 1_000, longestDelayMs: 30_000 };

function setup() {
  const rests: number[] = [];
  const rest = new QueueRest({
    policy: POLICY,
    // The whole delay, so that doublings show.
    random: () => 1,
    rest: async (delayMs) => {
      rests.push(delayMs);
    },
  });
  /** An attempt that begins when all rests so far are over. */
  const later = () => performance.now() + 1_000_000;
  return { rest, rests, later };
}

it('rests once for a wave of refusals of attempts that ran at once', async () => {
  const { rest, rests } = setup();
  const startedAt = performance.now();

  const delays = await Promise.all(Array.from({ length: 32 }, () => rest.refused(startedAt)));

  expect(rests).toEqual([1_000]);
  expect(delays).toEqual([1_000, ...Array.from({ length: 31 }, () => 0)]);
});

it('rests longer when attempts that began after a rest are refused again', async () => {
  const { rest, rests, later } = setup();

  for (let round = 0; round < 7; round++) await rest.refused(later());

  expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

it('rests shortly again once an attempt that began after a rest has ended well', async () => {
  const { rest, rests, later } = setup();
  const before = performance.now();
  await rest.refused(before);
  await rest.refused(later());

  rest.succeeded(before);
  await rest.refused(later());
  rest.succeeded(later());
  await rest.refused(later());

  expect(rests).toEqual([1_000, 2_000, 4_000, 1_000]);
});
