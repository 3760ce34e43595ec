import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSql, renameParameters } from '../../../../src/domain/query-export/sql-text.ts';

describe('the text of a query', () => {
  it.each([
    ['bigquery', 'SELECT @a, @b, @a', ['a', 'b']],
    ['bigquery', `SELECT '@a', "@b", \`@c\` -- @d\n# @e\n/* @f */, @g`, ['g']],
    ['bigquery', String.raw`SELECT 'it\'s @a', "\"@b", r'\' @c', '''x ' @d \''' @e''', """@f"" @g""", @h`, ['h']],
    ['bigquery', 'SELECT @@time_zone, @a', ['a']],
    ['bigquery', 'SELECT 1 /* @a', []],
    ['bigquery', "SELECT '@a", []],
    ['duckdb', `SELECT '@a''@b', "@c""@d", $$@e$$, $x$ $$ @f $x$, E'\\'@g', @h -- @i`, ['h']],
    // Not a comment in DuckDB.
    ['duckdb', 'SELECT 1 # @a', ['a']],
    ['duckdb', String.raw`SELECT '\', @a`, ['a']],
  ] as const)('has parameters outside of texts and comments (%s): %s', (dialect, sql, parameters) => {
    expect(readSql(sql, dialect).parameters).toEqual(parameters);
  });

  it.each([
    ['SELECT 1', 'SELECT 1', false],
    ['SELECT 1;', 'SELECT 1', false],
    ['SELECT 1; ;; -- end', 'SELECT 1', false],
    ["SELECT ';' -- ;\n, 2 /* ; */", "SELECT ';' -- ;\n, 2 /* ; */", false],
    ['SELECT 1; DELETE FROM t', 'SELECT 1', true],
    ['SELECT 1 /* */; /* */ DELETE FROM t', 'SELECT 1 /* */', true],
    ['; SELECT 1', '', true],
  ])('ends at the first semicolon: %s', (sql, statement, hasMore) => {
    expect(readSql(sql, 'bigquery')).toMatchObject({ statement, hasMore });
  });

  it.each([
    ['  -- x\n select 1', 'SELECT'],
    ['/* x */ (SELECT 1)', '('],
    ['with a as (select 1) select * from a', 'WITH'],
    ['-- x', ''],
    [';', ''],
  ])('has a first word: %s', (sql, firstWord) => {
    expect(readSql(sql, 'bigquery').firstWord).toBe(firstWord);
  });

  it('gets parameters of another notation, and stays what it was else', () => {
    expect(renameParameters("SELECT @a, '@a', @ab", 'duckdb', (name) => `$${name}`)).toBe("SELECT $a, '@a', $ab");
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('bigquery', 'duckdb'), (text, dialect) => {
        expect(renameParameters(text, dialect, (name) => `@${name}`)).toBe(text);
      }),
    );
  });

  it.each(["'", '"', '`', '/*', "'''", '$$', "'\\", "E'\\"])(
    'is read in one pass, even if %s is never closed',
    (open) => {
      const text = open.repeat(50_000);

      expect(renameParameters(text, 'duckdb', (name) => name)).toBe(text);
      expect(readSql(text, 'bigquery').parameters).toEqual([]);
    },
  );
});
