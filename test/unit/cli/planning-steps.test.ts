import { expect, it } from 'vitest';
import { MemoryStatisticsSource } from '../../../src/adapters/memory/statistics-source.ts';
import { telling } from '../../../src/cli/planning-steps.ts';

it('tells a step when it begins, and changes nothing else', async () => {
  const told: string[] = [];
  const source = telling(new MemoryStatisticsSource(), { listTables: 'listing' }, (step) => told.push(step));

  const tables = await source.listTables(new AbortController().signal);

  expect([tables, source.url, told]).toEqual([[], 'memory:', ['listing']]);
});
