import { expect, it } from 'vitest';
import { MemoryStatisticsSource } from '../../src/adapters/memory/statistics-source.ts';
import { memoryTable, numberedRows, STATISTICS_COLUMNS } from '../support/statistics-table.ts';
import { DATASET, replayWorld } from '../unit/adapters/bigquery/replay-world.ts';
import { describeDivisibleSource } from './divisible-source.ts';

const LARGE = 'statistics_large_weekly';
const SMALL = 'statistics_small_weekly';
const never = new AbortController().signal;

function inMemory(): MemoryStatisticsSource {
  const source = new MemoryStatisticsSource();
  source.set(LARGE, { ...memoryTable(numberedRows(50), { rowsPerBatch: 20 }), isVeryLarge: true });
  source.set(SMALL, memoryTable(numberedRows(3)));
  return source;
}

describeDivisibleSource('memory', () => {
  const source = inMemory();
  return Promise.resolve({ source, reader: source, large: { name: LARGE, rows: 50 }, small: SMALL });
});

describeDivisibleSource('bigquery', async () => {
  const tables = [
    { name: `${DATASET}.${LARGE}`, generate: { rows: 5_000, windows: 12 } },
    { name: `${DATASET}.${SMALL}`, generate: { rows: 100, windows: 2 } },
  ];
  const { source, makeSource } = await replayWorld({ tables }, { veryLargeRows: 1_000, parts: 4, smallRows: 10 });
  return { source, reader: makeSource(), large: { name: LARGE, rows: 5_000 }, small: SMALL };
});

it('knows a division in memory no more once it was forgotten', async () => {
  const source = inMemory();
  const table = await source.divide({ table: LARGE, signal: never });
  source.forgetDivisions();

  const opening = source.openPart(table?.parts[0] ?? { token: '' }, never);

  await expect(opening).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
  expect(table?.columns).toEqual(STATISTICS_COLUMNS);
});
