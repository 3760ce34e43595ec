import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { CONSOLE_RULES } from '../../../../src/domain/console-rules.ts';
import { writeFile } from '../../../../src/workers/statistics/write-file.ts';
import { memoryTable, numberedRows, type StatisticsRow, statisticsRow } from '../../../support/statistics-table.ts';
import { makeStatisticsWorld, TABLE } from '../../../support/statistics-world.ts';

/** Writes a table of these rows; gives the result and the pieces that the store got. */
async function write(rows: readonly StatisticsRow[], rowsPerBatch = 1000) {
  const { source, never } = makeStatisticsWorld();
  source.set(TABLE, memoryTable(rows, { rowsPerBatch }));
  const table = await source.open({ table: TABLE, signal: never });
  if (table === undefined) throw new Error('no table');
  const pieces: Buffer[] = [];
  const writer = {
    write: async (chunk: Uint8Array) => void pieces.push(Buffer.from(chunk)),
    commit: () => Promise.reject(new Error('not to be called')),
    discard: async () => {},
  };
  const file = await writeFile({
    table,
    writer,
    framing: 'array',
    period: 'weekly',
    rules: CONSOLE_RULES.e5dd1051c,
    duplicateLimit: 1_000,
    signal: never,
  });
  return { file, pieces, text: Buffer.concat(pieces).toString('utf8') };
}

it('counts the bytes and hashes them as they are written', async () => {
  const { file, text } = await write(numberedRows(10), 3);

  expect(file.bytes).toBe(Buffer.byteLength(text));
  expect(file.sha256).toBe(createHash('sha256').update(text).digest('hex'));
  expect(JSON.parse(text)).toHaveLength(10);
});

it('gives the same bytes whatever the size of the batches', async () => {
  const rows = [...numberedRows(9), statisticsRow({ metric: null }), ...numberedRows(9, { window_index: 2 })];

  const texts = await Promise.all([1, 2, 7, 100].map(async (size) => (await write(rows, size)).text));

  expect(new Set(texts).size).toBe(1);
});

it('writes [] when all rows are left out, also over several batches', async () => {
  const { text, file } = await write(numberedRows(5, { metric: null }), 2);

  expect([text, file.rows, file.check.rejected]).toEqual(['[]', 0, 5]);
});

it('begins with a bracket also when the first batches are left out', async () => {
  const { text } = await write([...numberedRows(4, { metric: null }), ...numberedRows(1)], 2);

  expect(text).toMatch(/^\[\{"metric":"metric_000000",.*\}\]$/);
});

it('shows a refused row as the file would have it', async () => {
  const { file } = await write([statisticsRow({ metric: null, point: Number.NaN, branch: 'é"' })]);

  expect(file.check.shown).toEqual([
    {
      reason: 'metric is null',
      json: expect.stringMatching(/^\{"metric":null,.*"branch":"é\\"",.*"point":null,.*\}$/),
    },
  ]);
});

it('counts numbers that became null, those of rows left out aside', async () => {
  const { file } = await write([
    statisticsRow({ point: Number.NaN, upper: Number.POSITIVE_INFINITY }),
    statisticsRow({ metric: null, point: Number.NaN }),
  ]);

  expect(file.nonFinite).toBe(2);
});

it('hands the bytes over while a large batch is encoded, and lets other work have its turn', async () => {
  let [turns, isOver] = [0, false];
  const takeTurn = (): void => {
    turns += 1;
    if (!isOver) setImmediate(takeTurn);
  };
  takeTurn();
  const { pieces, file } = await write(numberedRows(40_000), 40_000);
  isOver = true;

  const sizes = pieces.map((piece) => piece.length);
  expect(file.bytes).toBeGreaterThan(8_000_000);
  expect(Math.max(...sizes)).toBeLessThan(2_000_000);
  expect(turns).toBeGreaterThan(5);
});
