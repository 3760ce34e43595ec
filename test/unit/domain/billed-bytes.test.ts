import { expect, it } from 'vitest';
import { billedBytes } from '../../../src/domain/query-cost-price.ts';

const MINIMUM = 10 * 1024 ** 2;

it('counts at least ten megabytes for each table that is read', () => {
  expect(billedBytes({ bytes: 130_000, tables: 1 })).toBe(MINIMUM);
  expect(billedBytes({ bytes: 3 * MINIMUM, tables: 1 })).toBe(3 * MINIMUM);
  expect(billedBytes({ bytes: 3 * MINIMUM, tables: 4 })).toBe(6 * MINIMUM);
  expect(billedBytes({ bytes: 0, tables: 4 })).toBe(0);
});
