/** What every source of statistics must do, but for dividing large tables. */
import { describe, expect, it } from 'vitest';
import type { Row } from '../support/column-batches.ts';
import { openTable, type StatisticsSourceWorld, TABLE } from '../support/statistics-source-world.ts';
import { numberedRows, STATISTICS_COLUMNS, STRING } from '../support/statistics-table.ts';
import { describeReading } from './statistics-source-reading.ts';

const never = new AbortController().signal;

export function describeStatisticsSource(name: string, setup: () => Promise<StatisticsSourceWorld>): void {
  describe(`statistics source: ${name}`, () => {
    it('lists tables and views, and none where there is none', async () => {
      const { source, put, putView } = await setup();
      const before = await source.listTables(never);
      await put('b', STATISTICS_COLUMNS, []);
      await put('a_1', STATISTICS_COLUMNS, []);
      await putView('c', 'b');

      const after = await source.listTables(never);

      expect(before).toEqual([]);
      expect(after.map(({ name, kind }) => `${kind} ${name}`).sort()).toEqual(['table a_1', 'table b', 'view c']);
    });

    it('lists only the tables that begin so, as they are in the whole list', async () => {
      const { source, put, putView } = await setup();
      for (const name of ['a_1', 'a_b_1', 'ab_1', 'b_a_1']) await put(name, STATISTICS_COLUMNS, []);
      await putView('a_view', 'b_a_1');
      const whole = await source.listTables(never);

      const some = await source.listTables(never, ['a_', 'a_b', 'c']);
      const none = await source.listTables(never, []);

      expect(some.map(({ name }) => name).sort()).toEqual(['a_1', 'a_b_1', 'a_view']);
      expect(some).toEqual(whole.filter(({ name }) => name.startsWith('a_')));
      expect(none).toEqual([]);
    });

    it('takes the beginnings of names as they are, not as patterns', async () => {
      const { source, put } = await setup();
      await put('a_1', STATISTICS_COLUMNS, []);

      const found = await source.listTables(never, ['.', '^a', "a' OR '1'='1", 'a|b', '(', '\\', 'é']);

      expect(found).toEqual([]);
    });

    it('lists tables with times of milliseconds, or without', async () => {
      const { source, put } = await setup();
      await put('a', STATISTICS_COLUMNS, numberedRows(3));

      const [table] = await source.listTables(never);

      const isTime = (time = Date.parse('2026-01-15')): boolean =>
        time > Date.parse('2020-01-01') && time < Date.parse('2100-01-01');
      expect([table?.createdAt, table?.changedAt].map(isTime)).toEqual([true, true]);
    });

    it('lists the description of a table as it was written; an empty one is none', async ({ skip }) => {
      const { source, put, comment } = await setup();
      if (comment === undefined) return skip('tables cannot be described here');
      const described = `it's "a-b"\né 😀 \\n`;
      for (const table of ['a', 'b', 'c']) await put(table, STATISTICS_COLUMNS, []);
      await comment('a', described);
      await comment('b', '');

      const listing = await source.listTables(never);

      expect(listing.map(({ name, description }) => [name, description])).toEqual([
        ['a', described],
        ['b', undefined],
        ['c', undefined],
      ]);
    });

    it('describes the tables of a listing with the versions that they have without it', async () => {
      const { source, put, putView } = await setup();
      await put('a', STATISTICS_COLUMNS, numberedRows(3));
      await putView('v', 'a');
      const listing = await source.listTables(never);

      const described = await source.describeTables(['v', 'a', 'missing'], never, listing);

      expect(described).toEqual(await source.describeTables(['v', 'a', 'missing'], never));
      expect(described.tables.map(({ name }) => name)).toEqual(['v', 'a']);
    });

    it('tells whether the results dataset is there', async () => {
      const { source, put } = await setup();
      await put('a', STATISTICS_COLUMNS, []);

      expect(await source.hasDataset(never)).toBe(true);
    });

    it('describes tables; a missing one is left out, one that fails stops no other', async () => {
      const { source, put, putBroken } = await setup();
      await put('a', STATISTICS_COLUMNS, numberedRows(3));
      await putBroken('broken');
      await put('z', STATISTICS_COLUMNS, []);

      const { tables, unreadable } = await source.describeTables(['a', 'missing', 'broken', 'z'], never);

      expect(tables.map((table) => table.name)).toEqual(['a', 'z']);
      expect(tables.map((table) => table.rows ?? 'unknown')).toEqual([3, 0]);
      expect(unreadable.map((entry) => [entry.name, entry.error.code])).toEqual([['broken', 'QUERY_FAILED']]);
    });

    it('describes no tables where none is asked for', async () => {
      const { source } = await setup();

      expect(await source.describeTables([], never)).toEqual({ tables: [], unreadable: [] });
    });

    it('gives a table the same version until its content changes', async () => {
      const { source, put } = await setup();
      const version = async () => (await source.describeTables([TABLE], never)).tables[0]?.version;
      await put(TABLE, STATISTICS_COLUMNS, numberedRows(3));
      const first = await version();
      const again = await version();

      await put(TABLE, STATISTICS_COLUMNS, numberedRows(3, { point: 1.25 }));

      expect(again).toBe(first);
      expect(await version()).not.toBe(first);
    });

    it('opens a table with its columns, the number of its rows, and the version that it describes', async () => {
      const { source, put } = await setup();
      await put(TABLE, STATISTICS_COLUMNS, numberedRows(3));

      const open = await openTable(source);

      expect(open.columns).toEqual(STATISTICS_COLUMNS);
      expect(open.rowCount).toBe(3);
      expect(open.source).toContain(TABLE);
      expect(open.version).toBe((await source.describeTables([TABLE], never)).tables[0]?.version);
      await open.close();
    });

    it('opens no table where there is none', async () => {
      const { source } = await setup();

      expect(await source.open({ table: 'missing', signal: never })).toBeUndefined();
    });

    it('fails to open a table that cannot be read, with the table in the message', async () => {
      const { source, putBroken } = await setup();
      await putBroken('broken');

      const opening = source.open({ table: 'broken', signal: never });

      await expect(opening).rejects.toMatchObject({ code: 'QUERY_FAILED', message: expect.stringContaining('broken') });
    });

    it('estimates what reading the tables takes that are there', async () => {
      const { source, put } = await setup();
      await put('a', STATISTICS_COLUMNS, numberedRows(3));

      const estimates = await source.estimateReads(['a', 'missing'], never);

      expect([...estimates.keys()]).toEqual(['a']);
      expect(estimates.get('a')).toEqual({ bytes: expect.any(Number), tables: 1 });
    });

    it('notices a change in any column', async () => {
      const { source, put } = await setup();
      const columns = ['t', 'row', 'Row_'].map((column) => ({ name: column, type: STRING }));
      const contents: Row[][] = [
        [['x', 'a', null]],
        [['x', 'b', null]],
        [['x', null, 'b']],
        [['x', 'b', 'b']],
        [
          ['x', 'b', 'b'],
          ['x', 'b', 'b'],
        ],
        [],
      ];
      const versions: unknown[] = [];

      for (const rows of contents) {
        await put(TABLE, columns, rows);
        versions.push((await source.describeTables([TABLE], never)).tables[0]?.version);
      }

      expect(new Set(versions).size).toBe(contents.length);
    });

    it('refuses a column of a type that has no place in the format, naming both', async ({ skip }) => {
      const { source, putUnsupported } = await setup();
      if (putUnsupported === undefined) return skip('no table of such a type can be made here');
      const type = await putUnsupported(TABLE);

      const opening = source.open({ table: TABLE, signal: never });

      await expect(opening).rejects.toMatchObject({
        code: 'COLUMN_TYPE_UNSUPPORTED',
        message: expect.stringMatching(new RegExp(`odd.*${type}`)),
      });
    });

    it.each(['listTables', 'describeTables', 'open', 'estimateReads'] as const)(
      '%s refuses work that was aborted before it began, with the reason',
      async (method) => {
        const { source, put } = await setup();
        await put(TABLE, STATISTICS_COLUMNS, []);
        const signal = AbortSignal.abort(new Error('stop'));

        const calls = {
          listTables: () => source.listTables(signal),
          describeTables: () => source.describeTables([TABLE], signal),
          open: () => source.open({ table: TABLE, signal }),
          estimateReads: () => source.estimateReads([TABLE], signal),
        };

        await expect(calls[method]()).rejects.toThrow('stop');
      },
    );

    describeReading(setup);
  });
}
