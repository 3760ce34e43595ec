import { expect, it } from 'vitest';
import { settlesWithin } from '../../../src/queue/settles-within.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';

const NEVER_REACHED_MS = 60_000;

it('is true for a promise that settles, well or not', async () => {
  expect(await settlesWithin(Promise.resolve(), NEVER_REACHED_MS, systemClock)).toBe(true);
  expect(await settlesWithin(Promise.reject(new Error('broken')), NEVER_REACHED_MS, systemClock)).toBe(true);
});

it('is false for one that does not', async () => {
  expect(await settlesWithin(new Promise(() => {}), 5, systemClock)).toBe(false);
});
