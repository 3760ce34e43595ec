import { describe, expect, it } from 'vitest';
import type { DividedTable } from '../../../../src/ports/statistics-source.ts';
import { encodedRows } from '../../../support/read-table.ts';
import type { FaultRule } from '../../../support/replay-server/faults.ts';
import type { GeneratedRows } from '../../../support/replay-server/generated-content.ts';
import { DATASET, never, replayWorld, VERSION } from './replay-world.ts';

const VIEW = 'statistics_my_slug_weekly';
const LARGE: GeneratedRows = { rows: 5000, windows: 12 };

/** A view over tables of 5,000 rows, where 1,000 are too many to sort. */
async function setup(generate = LARGE, faults: readonly FaultRule[] = []) {
  const tables = [
    { name: `${DATASET}.${VIEW}`, kind: 'view', generate },
    { name: `${DATASET}.statistics_my_slug_week_1`, generate: { ...generate, windowIndex: false } },
  ] as const;
  return replayWorld({ tables, faults }, { veryLargeRows: 1000, parts: 4, smallRows: 10 });
}

function divided(table: DividedTable | undefined): DividedTable {
  if (table === undefined) throw new Error('not divided');
  return table;
}

function windowsOf(rows: readonly Record<string, unknown>[]): number[] {
  return rows.map((row) => Number(row['window_index']));
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number >= numbers[index - 1]!);
}

describe('a very large table', () => {
  it('is divided into parts that any process can read, windows ascending over all of them', async () => {
    const { source, makeSource } = await setup();

    const table = divided(await source.divide({ table: VIEW, seenVersion: VERSION, signal: never }));
    const reader = makeSource();
    const parts = [];
    for (const part of table.parts) {
      const open = await reader.openPart(part, never);
      const rows = await encodedRows(open);
      expect(rows).toHaveLength(open.rowCount);
      expect(open).toMatchObject({ source: table.source, version: VERSION, order: 'windows', columns: table.columns });
      parts.push(rows);
      await open.close();
    }

    expect(table.rowCount).toBe(5000);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.flat()).toHaveLength(5000);
    expect(isAscending(windowsOf(parts.flat()))).toBe(true);
    expect(new Set(parts.flat().map((row) => JSON.stringify(row))).size).toBe(5000);
    expect(table.usage()).toMatchObject({ requests: expect.any(Number), bytesBilled: expect.any(Number) });
    await table.close();
  });

  it('can be opened whole, window after window, from one stored result', async () => {
    const { source, server } = await setup();

    const open = await source.open({ table: VIEW, signal: never });
    const rows = open === undefined ? [] : await encodedRows(open);
    await open?.close();

    expect(open).toMatchObject({ rowCount: 5000, order: 'windows' });
    expect(rows).toHaveLength(5000);
    expect(isAscending(windowsOf(rows))).toBe(true);
    expect(server.counters.read().requests).toMatchObject({ 'storage.createReadSession': 12, 'storage.readRows': 12 });
  });

  it('is not sorted by the warehouse though its size was not known, because the cap stops the query', async () => {
    const message = 'Query exceeded limit for bytes billed: 1. 2 or higher required.';
    const fault = { kind: 'refuse', code: 'INVALID_ARGUMENT', reason: 'bytesBilledLimitExceeded', message } as const;
    const { source } = await setup(LARGE, [{ on: 'jobs.query', fault }]);

    const open = await source.open({ table: VIEW, seenVersion: VERSION, signal: never });

    expect(open).toMatchObject({ version: VERSION, rowCount: 5000, order: 'windows' });
    await open?.close();
  });

  it('is read in slices when the warehouse could not sort it after all', async () => {
    const fault = { kind: 'refuse', code: 'INVALID_ARGUMENT', reason: 'resourcesExceeded' } as const;
    const faults = [{ on: 'jobs.query', about: 'ORDER BY `window_index`, `segment`', fault }] as const;
    const { source } = await setup({ rows: 900, windows: 3 }, faults);

    const open = await source.open({ table: VIEW, signal: never });

    expect(open).toMatchObject({ rowCount: 900, order: 'windows' });
    expect(open === undefined ? 0 : (await encodedRows(open)).length).toBe(900);
  });

  it('is not divided when it is small, or missing', async () => {
    const { source } = await setup({ rows: 1000, windows: 2 });

    expect(await source.divide({ table: VIEW, signal: never })).toBeUndefined();
    expect(await source.divide({ table: 'missing', signal: never })).toBeUndefined();
  });

  it('cannot be read any more in parts when what was stored is gone', async () => {
    const { source, server } = await setup();
    const table = divided(await source.divide({ table: VIEW, signal: never }));
    server.faults.add({ on: 'storage.createReadSession', fault: { kind: 'refuse', code: 'NOT_FOUND' } });

    const opening = source.openPart(table.parts[0]!, never);

    await expect(opening).rejects.toMatchObject({ code: 'SOURCE_CHANGED', subject: table.source });
  });

  it.each(['', '{}', '{"table":1}', 'null'])('refuses a part that is no part: %s', async (token) => {
    const { source } = await setup();

    await expect(source.openPart({ token }, never)).rejects.toMatchObject({ code: 'PAYLOAD_INVALID' });
  });
});

describe('a part', () => {
  it('is refused that would read another table than the results, or another project', async () => {
    const { source, server } = await setup();
    const table = divided(await source.divide({ table: VIEW, seenVersion: VERSION, signal: never }));
    const [real] = table.parts;
    const token = JSON.parse(real?.token ?? '');
    const elsewhere = [
      { ...token.table, dataset: 'private' },
      { ...token.table, dataset: 'mozanalysis_private' },
      { ...token.table, project: 'another-project' },
      { ...token.table, dataset: '_anon/../private' },
    ];
    const before = server.counters.read();

    const failures = await Promise.allSettled(
      elsewhere.map((place) => source.openPart({ token: JSON.stringify({ ...token, table: place }) }, never)),
    );

    expect(failures).toMatchObject(failures.map(() => ({ status: 'rejected', reason: { code: 'PAYLOAD_INVALID' } })));
    expect(server.counters.read()).toEqual(before);
    await table.close();
  });

  it('is refused whose token cannot be read', async () => {
    const { source } = await setup();

    for (const token of ['', '{', 'null', '[]', '{"table":"x"}']) {
      await expect(source.openPart({ token }, never)).rejects.toMatchObject({ code: 'PAYLOAD_INVALID' });
    }
  });
});
