import { expect, it } from 'vitest';
import { estimate } from '../../../../src/app/estimate.ts';
import { checkCost } from '../../../../src/cli/backfill/check-cost.ts';
import { maxCostOf } from '../../../../src/cli/backfill/options.ts';
import { LIST_PRICES } from '../../../../src/domain/query-cost-price.ts';
import type { DueFile } from '../../../../src/producer/product-plan.ts';

const TEBIBYTE = 1024 ** 4;
const signal = new AbortController().signal;

function file(table: string): DueFile {
  const queue = 'statistics';
  return {
    product: 'statistics',
    experiment: table,
    reason: 'new',
    table,
    queue,
    jobId: () => table,
    payload: () => null,
  };
}

function estimated(...tables: string[]) {
  const reads = new Map([
    ['tiny', { bytes: 100, tables: 1 }],
    ['large', { bytes: TEBIBYTE, tables: 1 }],
  ]);
  const source = {
    estimateReads: async (names: readonly string[]) => new Map([...reads].filter(([name]) => names.includes(name))),
  };
  return estimate(source, tables.map(file), { pricing: LIST_PRICES, signal });
}

it('refuses what may cost more than the limit, and tells the estimate', async () => {
  const { usd, ...sizes } = await estimated('large', 'tiny');

  expect(usd).toBeCloseTo(6.25006, 5);
  expect(sizes).toMatchObject({ totalBytes: TEBIBYTE + 100, billedBytes: TEBIBYTE + 10 * 1024 ** 2, unknown: 0 });
  expect(() => checkCost({ usd, ...sizes }, 6.26)).not.toThrow();
  expect(() => checkCost({ usd, ...sizes }, 6)).toThrow('may cost up to 6.25 USD');
});

it('refuses a price that is not known, because it may be any', async () => {
  const sizes = await estimated('tiny', 'broken');

  expect(() => checkCost(sizes, 100)).toThrow('cannot tell the size of 1 table');
});

it.each(['5USD', '', '-1', '1e3', 'NaN', '$5', '1,5'])('takes no limit that is not a price: %s', (maxCost) => {
  expect(() => maxCostOf({ maxCost })).toThrow('--max-cost is not a price');
});

it('reads the limit in US dollars', () => {
  expect([maxCostOf({}), maxCostOf({ maxCost: '0' }), maxCostOf({ maxCost: '0.50' })]).toEqual([undefined, 0, 0.5]);
});
