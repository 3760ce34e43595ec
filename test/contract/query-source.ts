/** What every source of configured queries must do. */
import { describe, expect, it } from 'vitest';
import type { Column } from '../../src/domain/column-type.ts';
import {
  COLUMN_NAMES,
  fromSql,
  fromTable,
  LIVE,
  LIVE_COLUMNS,
  orderOf,
  PER,
  PROJECT,
  type QuerySourceWorld,
  requestOf,
  rowsOf,
  STEP,
} from '../support/query-source-world.ts';

const never = new AbortController().signal;
const NEW = { slug: 'new', startedAt: Date.parse('2026-01-20T10:02:00Z') };
const OLD = { slug: 'old', startedAt: Date.parse('2026-01-01T00:00:00Z') };
const NUMBER: Column = { name: 'n', type: { kind: 'int64' } };

const LIVE_ROWS = [
  ['new', 'control', 1, '2026-01-20 10:01:59.999999 UTC'],
  ['new', 'control', 2, '2026-01-20 10:02:00 UTC'],
  ['new', 'control', 3, '2026-01-20 10:04:59.5 UTC'],
  ['new', 'treatment', 4, '2026-01-20 10:03:00 UTC'],
  ['new', 'control', 5, '2026-01-20 10:05:00 UTC'],
  ['old', 'control', 10, '2026-01-20 10:05:00 UTC'],
  ['old', 'control', 20, '2026-01-20 10:29:59 UTC'],
  ['old', 'treatment', 40, '2026-01-20 10:10:00 UTC'],
  ['old', null, 80, '2026-01-20 10:30:00 UTC'],
  ['other', 'control', 100, '2026-01-20 10:05:00 UTC'],
  [null, 'control', 200, '2026-01-20 10:05:00 UTC'],
];

export function describeQuerySource(name: string, setup: () => Promise<QuerySourceWorld>): void {
  describe(`query source: ${name}`, () => {
    it('delivers the columns of a table in the order of the query, NULL first, and last where it descends', async () => {
      const { source, put } = await setup();
      const columns: Column[] = [
        { name: 'text', type: { kind: 'string' } },
        { name: 'number', type: { kind: 'int64' } },
        { name: 'share', type: { kind: 'float64' } },
        { name: 'is', type: { kind: 'bool' } },
        { name: 'time', type: { kind: 'timestamp' } },
      ];
      await put('t', columns, [
        ['b', 1, 0.5, true, '2026-01-13 04:30:00 UTC'],
        ['a', 2, 1, false, '2026-01-13 04:30:00.5 UTC'],
        ['a', null, -0.25, null, null],
        [null, 3, null, true, '2026-01-13 04:30:00 UTC'],
        ['😀', 4, 0, true, '2026-01-13 04:30:00 UTC'],
      ]);
      const byName = new Map(columns.map((column) => [column.name, column]));
      const from = fromTable({ columns: ['time', 'text', 'number', 'share', 'is'] });

      const open = await source.open(requestOf({ query: { from, order: orderOf('text', 'number desc') } }));
      expect(open.columns).toEqual(['time', 'text', 'number', 'share', 'is'].map((column) => byName.get(column)));
      await open.close();

      expect(await rowsOf(source, { query: { from, order: orderOf('text', 'number desc') } })).toEqual([
        { time: '2026-01-13 04:30:00 UTC', text: null, number: '3', share: null, is: true },
        { time: '2026-01-13 04:30:00.5 UTC', text: 'a', number: '2', share: 1, is: false },
        { time: null, text: 'a', number: null, share: -0.25, is: null },
        { time: '2026-01-13 04:30:00 UTC', text: 'b', number: '1', share: 0.5, is: true },
        { time: '2026-01-13 04:30:00 UTC', text: '😀', number: '4', share: 0, is: true },
      ]);
    });

    it('delivers only rows of the chosen experiments, ordered by experiment', async () => {
      const { source, put } = await setup();
      await put('t', LIVE_COLUMNS, LIVE_ROWS);
      const from = fromTable({ columns: ['experiment', 'value'], experiments: 'many' });

      const rows = await rowsOf(source, {
        query: { from, order: orderOf('experiment', 'value desc') },
        experiments: [OLD, NEW],
      });

      const texts = rows.map((row) => `${String(row['experiment'])} ${String(row['value'])}`);
      expect(texts.join(', ')).toBe('new 5, new 4, new 3, new 2, new 1, old 80, old 40, old 20, old 10');
    });

    it('delivers no rows where there is no experiment', async () => {
      const { source, put } = await setup();
      await put('t', LIVE_COLUMNS, LIVE_ROWS);

      const rows = await rowsOf(source, {
        query: { from: fromTable({ experiments: 'many' }), order: orderOf('value') },
      });

      expect(rows).toEqual([]);
    });

    it('delivers the rows of one experiment from its start', async () => {
      const { source, put } = await setup();
      await put('t', LIVE_COLUMNS, LIVE_ROWS);
      const step = { ...STEP, fineMs: 1_000, coarseMs: 1_000, take: 'last' as const, per: PER };
      const from = fromTable({ experiments: 'one', since: 'start', step });

      const rows = await rowsOf(source, {
        query: { from, order: orderOf('value') },
        experiments: [OLD, NEW],
        experiment: NEW,
      });

      expect(rows.map((row) => row['value'])).toEqual(['2', '3', '4', '5']);
      expect(rows[1]).toEqual({ experiment: 'new', branch: 'control', value: '3', time: '2026-01-20 10:04:59 UTC' });
    });

    it('adds up events within a step: fine ones, and coarse ones of an experiment that is older', async () => {
      const { source, put } = await setup();
      await put('t', LIVE_COLUMNS, LIVE_ROWS);
      const from = fromTable({
        experiments: 'many',
        since: 'start',
        step: { ...STEP, take: 'sum', per: PER },
        sum: { column: 'value', by: ['experiment', 'branch', 'time'] },
      });

      const rows = await rowsOf(source, {
        query: { from, order: orderOf('experiment', 'time desc', 'branch') },
        experiments: [NEW, OLD],
      });

      expect(rows).toEqual([
        { experiment: 'new', branch: 'control', value: '5', time: '2026-01-20 10:05:00 UTC' },
        { experiment: 'new', branch: 'control', value: '5', time: '2026-01-20 10:00:00 UTC' },
        { experiment: 'new', branch: 'treatment', value: '4', time: '2026-01-20 10:00:00 UTC' },
        { experiment: 'old', branch: null, value: '80', time: '2026-01-20 10:30:00 UTC' },
        { experiment: 'old', branch: 'control', value: '30', time: '2026-01-20 10:00:00 UTC' },
        { experiment: 'old', branch: 'treatment', value: '40', time: '2026-01-20 10:00:00 UTC' },
      ]);
    });

    it('takes the last of cumulative numbers in a step of each branch, and adds up branches after it', async () => {
      const { source, put } = await setup();
      await put('t', LIVE_COLUMNS, [...LIVE_ROWS, ['old', 'control', 15, '2026-01-20 10:29:59 UTC']]);
      const step = { ...STEP, take: 'last' as const, per: PER };
      const from = fromTable({ experiments: 'many', since: 'start', step });
      const sum = { column: 'value', by: ['experiment', 'time'] };
      const columns = ['experiment', 'time', 'value'];

      const ofBranches = await rowsOf(source, {
        query: { from, order: orderOf('experiment', 'time desc', 'branch') },
        experiments: [NEW, OLD],
      });
      const totals = await rowsOf(source, {
        query: { from: { ...from, columns, sum }, order: orderOf('experiment', 'time desc') },
        experiments: [NEW, OLD],
      });

      expect(ofBranches.map((row) => [row['branch'], row['value'], row['time']])).toEqual([
        ['control', '5', '2026-01-20 10:05:00 UTC'],
        ['control', '3', '2026-01-20 10:00:00 UTC'],
        ['treatment', '4', '2026-01-20 10:00:00 UTC'],
        [null, '80', '2026-01-20 10:30:00 UTC'],
        ['control', '20', '2026-01-20 10:00:00 UTC'],
        ['treatment', '40', '2026-01-20 10:00:00 UTC'],
      ]);
      expect(totals).toEqual([
        { experiment: 'new', time: '2026-01-20 10:05:00 UTC', value: '5' },
        { experiment: 'new', time: '2026-01-20 10:00:00 UTC', value: '7' },
        { experiment: 'old', time: '2026-01-20 10:30:00 UTC', value: '80' },
        { experiment: 'old', time: '2026-01-20 10:00:00 UTC', value: '60' },
      ]);
    });

    it('has no sum of NULLs alone', async () => {
      const { source, put } = await setup();
      await put('t', LIVE_COLUMNS, [
        ['new', 'a', null, '2026-01-20 10:05:00 UTC'],
        ['new', 'b', null, '2026-01-20 10:05:00 UTC'],
        ['new', 'b', 3, '2026-01-20 10:05:00 UTC'],
      ]);
      const from = fromTable({ columns: ['branch', 'value'], sum: { column: 'value', by: ['branch'] } });

      const rows = await rowsOf(source, { query: { from, order: orderOf('branch') } });

      expect(rows).toEqual([
        { branch: 'a', value: null },
        { branch: 'b', value: '3' },
      ]);
    });

    it('runs a SELECT with parameters, in the order of the query, whatever comments it ends with', async () => {
      const { source, put, pathOf, knowSql } = await setup();
      await put('t', [NUMBER], [[3], [1], [2]]);
      const sql = `SELECT n FROM ${pathOf('t')} WHERE n >= @least -- not @this\n;  -- the end`;
      knowSql?.(sql, [NUMBER], (parameters) => {
        const least = parameters['least'];
        return [3n, 1n, 2n]
          .filter((n) => least !== undefined && 'value' in least && n >= BigInt(least.value))
          .map((n) => ({ n }));
      });

      const rows = await rowsOf(source, {
        query: fromSql(sql, 'n desc'),
        parameters: { least: { type: 'INT64', value: '2' }, unused: { type: 'DATE', value: '2026-01-13' } },
      });

      expect(rows).toEqual([{ n: '3' }, { n: '2' }]);
    });

    it('gives texts of parameters to the query as they are, also in arrays', async () => {
      const { source, knowSql, isAmong } = await setup();
      const hostile = `it's "quoted" \\ ; DROP TABLE t; -- \n😀`;
      const sql = `SELECT @text AS text, ${isAmong('@text', '@texts')} AS is_there`;
      const columns: Column[] = [
        { name: 'text', type: { kind: 'string' } },
        { name: 'is_there', type: { kind: 'bool' } },
      ];
      knowSql?.(sql, columns, () => [{ text: hostile, is_there: true }]);

      const rows = await rowsOf(source, {
        query: fromSql(sql),
        parameters: { text: { type: 'STRING', value: hostile }, texts: { type: 'STRING', values: ['a', hostile] } },
      });

      expect(rows).toEqual([{ text: hostile, is_there: true }]);
    });

    it('checks a query without running it', async () => {
      const { source, put } = await setup();
      await put('t', LIVE_COLUMNS, LIVE_ROWS);

      const check = await source.check(requestOf({ query: { from: fromTable(), order: orderOf('time') } }));

      expect(check.columns).toEqual(LIVE_COLUMNS);
      expect(check.sql).toContain('value');
    });

    it.each([
      ['several statements', 'SELECT 1 AS n; SELECT 2 AS n'],
      ['a statement behind a comment', 'SELECT 1 AS n /* ; */; DROP TABLE t'],
      ['nothing', '-- SELECT 1'],
    ])('refuses %s', async (_, sql) => {
      const { source } = await setup();
      const request = requestOf({ query: fromSql(sql) });

      await expect(source.check(request)).rejects.toMatchObject({ code: 'QUERY_REFUSED' });
      await expect(source.open(request)).rejects.toMatchObject({ code: 'QUERY_REFUSED' });
    });

    it('fails for a table that is missing, and for an order by a column that is missing', async () => {
      const { source, put } = await setup();
      await put('t', LIVE_COLUMNS, []);
      const missing = fromTable({ table: { project: PROJECT, dataset: LIVE, table: 'missing' } });

      const noTable = requestOf({ query: { from: missing, order: [] } });
      const noColumn = requestOf({ query: { from: fromTable(), order: orderOf('valu') } });

      await expect(source.open(noTable)).rejects.toMatchObject({
        code: 'QUERY_FAILED',
        message: expect.stringContaining('missing'),
      });
      await expect(source.check(noColumn)).rejects.toMatchObject({
        code: 'QUERY_FAILED',
        message: expect.stringMatching(/no column valu, .*Did you mean value\?/),
      });
    });

    it('delivers no rows of a table without rows, with its columns', async () => {
      const { source, put } = await setup();
      await put('t', LIVE_COLUMNS, []);

      const open = await source.open(requestOf({ query: { from: fromTable(), order: orderOf('time') } }));

      expect(open.columns.map((column) => column.name)).toEqual(COLUMN_NAMES);
      for await (const batch of open.batches(never)) expect(batch.rowCount).toBe(0);
      await open.close();
      await open.close();
    });

    it('ends with the abort that it is given', async () => {
      const { source, put } = await setup();
      await put('t', LIVE_COLUMNS, LIVE_ROWS);
      const aborted = AbortSignal.abort(new Error('stop'));
      const query = { from: fromTable(), order: orderOf('time') };

      const open = await source.open(requestOf({ query }));
      const reading = open.batches(aborted)[Symbol.asyncIterator]().next();

      await expect(reading).rejects.toThrow('stop');
      await expect(source.open(requestOf({ query, changes: { signal: aborted } }))).rejects.toThrow('stop');
      await open.close();
    });
  });
}
