import { expect, it } from 'vitest';
import { KeptRows } from '../../../../src/adapters/bigquery/kept-rows.ts';
import { TableReply } from '../../../../src/adapters/bigquery/query-replies.ts';

const TABLE = { lastModifiedTime: '1000', numRows: '1', numBytes: '10' };

function setup() {
  const kept = new KeptRows();
  let queries = 0;
  return async (table: object | undefined, sql = 'a', rows: readonly (readonly string[])[] = [['x']]) => {
    const before = queries;
    const query = async () => {
      queries += 1;
      return rows;
    };
    const look = async () => (table === undefined ? undefined : TableReply.parse(table));
    return [await kept.rows({ sql, look, query }), queries - before];
  };
}

it('asks once while the table is the same', async () => {
  const ask = setup();

  expect(await ask(TABLE)).toEqual([[['x']], 1]);
  expect(await ask({ ...TABLE })).toEqual([[['x']], 0]);
});

it.each([
  ['the time of change', { lastModifiedTime: '1001' }],
  ['the rows', { numRows: '2' }],
  ['the bytes', { numBytes: '11' }],
])('asks again when %s has changed', async (_, change) => {
  const ask = setup();
  await ask(TABLE);

  expect((await ask({ ...TABLE, ...change }))[1]).toBe(1);
});

it('asks again for another query', async () => {
  const ask = setup();
  await ask(TABLE);

  expect((await ask(TABLE, 'b'))[1]).toBe(1);
});

it('asks each time while rows are streamed in, and where the service tells no time', async () => {
  const ask = setup();
  const streaming = { ...TABLE, streamingBuffer: { estimatedRows: '1' } };

  const counts = [await ask(streaming), await ask(streaming), await ask({}), await ask({})].map(([, count]) => count);

  expect(counts).toEqual([1, 1, 1, 1]);
});

it('keeps no answer that is very large', async () => {
  const ask = setup();
  const rows = Array.from({ length: 100_001 }, () => ['x']);
  await ask(TABLE, 'a', rows);

  expect((await ask(TABLE, 'a', rows))[1]).toBe(1);
});

it('has no rows without a table, and asks again when it is back', async () => {
  const ask = setup();
  await ask(TABLE);

  expect(await ask(undefined)).toEqual([[], 0]);
  expect((await ask({ ...TABLE, lastModifiedTime: '2000' }))[1]).toBe(1);
});
