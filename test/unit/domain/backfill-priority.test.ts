import { expect, it } from 'vitest';
import { backfillPriority } from '../../../src/domain/backfill-priority.ts';

it('puts smaller tables first, and those of unknown size among the small ones', () => {
  const sizes = [0, 1, 1e6, 2e6, 9e6, 1e9, 1e12, Number.MAX_SAFE_INTEGER];

  const priorities = sizes.map((bytes) => backfillPriority(bytes));

  expect(priorities).toEqual([1, 1, 1, 2, 5, 11, 21, 35]);
  expect(backfillPriority()).toBe(backfillPriority(10e6));
});
