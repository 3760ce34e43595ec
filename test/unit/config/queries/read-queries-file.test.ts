import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readQueriesFile } from '../../../../src/config/queries/read-queries-file.ts';
import { problemsOf, readQueriesText, sqlEntry, tableEntry } from '../../../support/queries-file.ts';

const STEP = '{ column = "time", fine = "5m", coarse = "30m", afterDays = 14, take = "last" }';

describe('the file of queries', () => {
  it('has defaults for what is not given', () => {
    const { queries, warnings } = readQueriesText({ text: sqlEntry() });

    expect(warnings).toEqual([]);
    expect(queries).toEqual([
      {
        name: 'daily',
        isEnabled: true,
        scope: { kind: 'global' },
        experiments: { isRunning: true, endedDays: 0, hasRollouts: true },
        query: { from: { kind: 'sql', sql: 'SELECT 1 AS a' }, order: [{ column: 'a', isDescending: false }] },
        parameters: {},
        object: 'reports/daily.json',
        cadence: { kind: 'every', everyMs: 3_600_000 },
        date: 'before',
        format: { kind: 'array' },
        nulls: 'keep',
        ints: 'string',
        limits: { maximumBytesBilled: 10e9, timeoutMs: 600_000, maxRows: 5_000_000 },
        emptyIs: 'keep',
        hash: expect.stringMatching(/^[0-9a-f]{40}$/),
      },
    ]);
  });

  it('is read as JSON where its name says so', () => {
    const query = { name: 'a', sql: 'SELECT 1 AS a', object: 'x/a.json', cron: '0 3 * * *', orderBy: ['a'] };

    const { queries } = readQueriesText({ name: 'queries.json', text: JSON.stringify({ query: [query] }) });

    expect(queries.map(({ name, cadence }) => [name, cadence])).toEqual([
      ['a', { kind: 'cron', pattern: '0 3 * * *' }],
    ]);
  });

  it('makes a query of each value of foreach, and fills it into all names', () => {
    const text = tableEntry({
      name: '"live_{item}"',
      table: '"p.d.{item}"',
      object: '"monitoring/{slug}_{item}.json"',
      latest: '"monitoring/{name}/{normalised}_{date}.json"',
      foreach: '["a", "b"]',
    });

    const { queries } = readQueriesText({ text });

    expect(queries.map(({ name, object, latest, query }) => [name, object, latest, query.from])).toMatchObject([
      ['live_a', 'monitoring/{slug}_a.json', 'monitoring/live_a/{normalised}_{date}.json', { table: { table: 'a' } }],
      ['live_b', 'monitoring/{slug}_b.json', 'monitoring/live_b/{normalised}_{date}.json', { table: { table: 'b' } }],
    ]);
  });

  it('orders by the split column and the key first', () => {
    const keyed = { scope: '"split"', object: '"x/{slug}.json"', format: '"keyed"', key: '"k"', wrap: '"v1"' };

    const { queries } = readQueriesText({ text: sqlEntry({ ...keyed, orderBy: '["a desc", "k"]' }) });

    expect(queries[0]?.query.order).toEqual([
      { column: 'experiment', isDescending: false },
      { column: 'k', isDescending: false },
      { column: 'a', isDescending: true },
    ]);
    expect(queries[0]?.format).toEqual({ kind: 'keyed', key: 'k', wrap: 'v1' });
  });

  it('writes the values of parameters as text of their type', () => {
    const parameters = [
      'i = { type = "INT64", value = 5 }',
      'big = { type = "INT64", value = "9223372036854775807" }',
      'f = { type = "FLOAT64", value = 0.5 }',
      'b = { type = "BOOL", value = true }',
      'd = { type = "DATE", value = 2026-01-13 }',
      't = { type = "TIMESTAMP", value = "2026-01-13 04:30:00+01" }',
      'l = { type = "ARRAY<STRING>", value = ["it\'s", "\\"; DROP TABLE t"] }',
      'none = { type = "ARRAY<INT64>", value = [] }',
    ];
    const sql = '"SELECT @i, @big, @f, @b, @d, @t, @l, @none, 1 AS a"';

    const { queries } = readQueriesText({ text: sqlEntry({ sql, parameters: `{ ${parameters.join(', ')} }` }) });

    expect(queries[0]?.parameters).toEqual({
      i: { type: 'INT64', value: '5' },
      big: { type: 'INT64', value: '9223372036854775807' },
      f: { type: 'FLOAT64', value: '0.5' },
      b: { type: 'BOOL', value: 'true' },
      d: { type: 'DATE', value: '2026-01-13' },
      t: { type: 'TIMESTAMP', value: '2026-01-13T03:30:00Z' },
      l: { type: 'STRING', values: ["it's", '"; DROP TABLE t'] },
      none: { type: 'INT64', values: [] },
    });
  });

  it('reads SQL from a file beside it, and leaves out the last semicolon', () => {
    const files = { 'a.sql': '-- of bigquery-etl\nSELECT 1 AS a;\n-- end\n' };

    const { queries } = readQueriesText({ text: sqlEntry({ sql: undefined, sqlFile: '"a.sql"' }), files });

    expect(queries[0]?.query.from).toEqual({ kind: 'sql', sql: '-- of bigquery-etl\nSELECT 1 AS a' });
  });

  it('has another hash for another query, the same for the same', () => {
    const hashOf = (fields: Record<string, string>) => readQueriesText({ text: sqlEntry(fields) }).queries[0]?.hash;

    const same = hashOf({ enabled: 'false' });

    expect(same).toBe(hashOf({}));
    expect(hashOf({ sql: '"SELECT 2 AS a"' })).not.toBe(same);
    expect(hashOf({ nulls: '"omit"' })).not.toBe(same);
  });

  it('leaves out a query that is not enabled and whose file is missing, with a warning', () => {
    const text = sqlEntry({ sql: undefined, sqlFile: '"missing.sql"', enabled: 'false' });

    const { queries, warnings } = readQueriesText({ text });

    expect(queries).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(/daily, `sqlFile`: missing\.sql cannot be used: there is no such file/),
    ]);
  });

  it('warns of objects that Contrail reads, and of rows that are the same for all', () => {
    const read = sqlEntry({ object: '"enrollment_counts/enrollment_counts_latest.json"' });
    const same = sqlEntry({ name: '"each"', scope: '"experiment"', object: '"x/{slug}.json"' });

    const { warnings } = readQueriesText({ text: read + same });

    expect(warnings).toEqual([
      expect.stringMatching(/query daily, `object`: Contrail reads the files of enrollment_counts/),
      expect.stringMatching(/query each, `scope`: The query does not use @experiment/),
    ]);
  });
});

describe('the ready-made file of the live monitoring files', () => {
  it('makes the sixteen files of each experiment', () => {
    const path = fileURLToPath(new URL('../../../../config/queries.live.toml', import.meta.url));

    const { queries } = readQueriesFile(path, 'bigquery');

    const live = queries.filter(({ isEnabled }) => isEnabled);
    expect(live).toHaveLength(16);
    expect(new Set(live.map(({ object }) => object)).size).toBe(16);
    expect(live.map(({ scope }) => scope)).toEqual(live.map(() => ({ kind: 'split', by: 'experiment' })));
  });
});

describe('a wrong file of queries', () => {
  it('is refused with all problems of all entries, each with entry, field and remedy', () => {
    const text = `${sqlEntry({ every: '"1m"', object: '"statistics/x.json"', nulls: '"drop"' })}${tableEntry({ nam: '"x"', orderBy: '["tiem"]' })}`;

    expect(problemsOf({ text })).toEqual([
      'queries.toml, query daily, `every`: It has the invalid value `1m`; expected a duration from 5m to 31d.',
      'queries.toml, query daily, `nulls`: It has the invalid value `drop`; expected "keep" or "omit".',
      'queries.toml, query daily, `object`: The folder statistics is for what Contrail publishes by itself; choose another one.',
      'queries.toml, query live, `nam`: There is no such field. Did you mean name?',
      'queries.toml, query live, `orderBy`: `tiem` is not in columns. Did you mean time?',
    ]);
  });

  it.each([
    ['names of other letters', sqlEntry({ name: '"Daily"' }), /`name`: It must have 1 to 63 lower case letters/],
    ['long names', sqlEntry({ name: `"${'a'.repeat(64)}"` }), /`name`: It must have 1 to 63/],
    ['names with {item} but no foreach', sqlEntry({ name: '"a_{item}"' }), /`name`: \{item\} needs foreach/],
    [
      'values of foreach in capitals in a name',
      sqlEntry({ name: '"a_{item}"', foreach: '["A"]', object: '"x/{item}"' }),
      /`a_A` must have/,
    ],
    [
      'values of foreach with other characters',
      sqlEntry({ name: '"a_{item}"', foreach: '["a`b"]', object: '"x/{item}"' }),
      /`foreach\[0\]`: .* expected letters, digits/,
    ],
    [
      'foreach without {item} in the object',
      sqlEntry({ name: '"a_{item}"', foreach: '["a"]' }),
      /`object`: It needs \{item\}/,
    ],
    [
      'more than 100 values',
      sqlEntry({
        name: '"a_{item}"',
        foreach: JSON.stringify(Array.from({ length: 101 }, (_, i) => `x${i}`)),
        object: '"x/{item}"',
      }),
      /at most 100 values/,
    ],
    ['no source', sqlEntry({ sql: undefined }), /`table`: None of them is given/],
    ['two sources', sqlEntry({ table: '"p.d.t"', columns: '["a"]' }), /`table`: More than one/],
    ['a table of two parts', tableEntry({ table: '"d.t"' }), /`table`: It must be project\.dataset\.name/],
    ['a table with a quote', tableEntry({ table: '"p.d.t` WHERE 1=1"' }), /`table`: It must be project/],
    ['a table without columns', tableEntry({ columns: undefined }), /`columns`: It is missing/],
    ['columns with SQL', sqlEntry({ columns: '["a"]' }), /`columns`: It is only for table/],
    [
      'a column that is SQL',
      tableEntry({ columns: '["experiment", "1; DROP"]' }),
      /`columns\[1\]`: .* expected the name of a column/,
    ],
    [
      'the same column twice',
      tableEntry({ columns: '["experiment", "time", "branch", "Time"]' }),
      /`columns`: `Time` is there twice/,
    ],
    [
      'an order by another column',
      tableEntry({ orderBy: '["valu"]' }),
      /`orderBy`: `valu` is not in columns. Did you mean value\?/,
    ],
    ['an order that is SQL', sqlEntry({ orderBy: '["a; DELETE"]' }), /`orderBy\[0\]`/],
    ['no order', sqlEntry({ orderBy: undefined }), /`orderBy`: It is required for format = "array"/],
    [
      'no order of lines',
      sqlEntry({ orderBy: undefined, format: '"ndjson"' }),
      /`orderBy`: It is required for format = "ndjson"/,
    ],
    ['a key for an array', sqlEntry({ key: '"a"' }), /`key`: It is only for format = "keyed"/],
    ['no key', sqlEntry({ format: '"keyed"' }), /`key`: It is missing/],
    ['a split without its column', tableEntry({ splitBy: '"slug"' }), /`splitBy`: `slug` is not in columns/],
    ['a split column without split', sqlEntry({ splitBy: '"slug"' }), /`splitBy`: It is only for scope = "split"/],
    [
      'a split without a slug in the object',
      tableEntry({ object: '"monitoring/x.json"' }),
      /`object`: It needs \{slug\} or \{normalised\}/,
    ],
    [
      'a slug in an object for all',
      sqlEntry({ object: '"x/{slug}.json"' }),
      /`object`: It has a slug, but scope = "global"/,
    ],
    [
      'an unknown placeholder',
      sqlEntry({ object: '"x/{dat}.json"' }),
      /`object`: \{dat\} is not a placeholder. Did you mean date\?/,
    ],
    ['an object without folder', sqlEntry({ object: '"x.json"' }), /`object`: It needs a folder/],
    ['an object in a folder of ours', sqlEntry({ object: '"Errors/x.json"' }), /`object`: The folder Errors is for/],
    ['a latest in a folder of ours', sqlEntry({ latest: '"metadata/x.json"' }), /`latest`: The folder metadata is for/],
    [
      'a folder made of a slug',
      tableEntry({ object: '"{slug}/x.json"' }),
      /`object`: The first folder must be fixed text/,
    ],
    [
      'a folder that begins with a dot',
      sqlEntry({ object: '".contrail/x.json"' }),
      /`object`: The first folder must not begin/,
    ],
    [
      'an object that leads out',
      sqlEntry({ object: '"x/../statistics/y.json"' }),
      /`object`: It has an empty part, or a part \. or \.\./,
    ],
    ['an absolute object', sqlEntry({ object: '"/x/y.json"' }), /`object`: It has an empty part/],
    [
      'an object with control characters',
      sqlEntry({ object: String.raw`"x/\u0007.json"` }),
      /`object`: It has control characters/,
    ],
    ['an object with a backslash', sqlEntry({ object: String.raw`"x/..\\y.json"` }), /`object`: It has a \\/],
    [
      'an object too long for a folder',
      tableEntry({ object: `"x/{slug}{slug}{normalised}${'y'.repeat(20)}"` }),
      /`object`: With the longest slug/,
    ],
    ['no cadence', sqlEntry({ every: undefined }), /`every`: Neither every nor cron/],
    ['two cadences', sqlEntry({ cron: '"0 3 * * *"' }), /`every`: Both every and cron/],
    ['more often than 5 minutes', sqlEntry({ every: '"4m"' }), /expected a duration from 5m to 31d/],
    ['less often than a month', sqlEntry({ every: '"32d"' }), /at most 31d/],
    [
      'a number for a duration',
      sqlEntry({ every: '300' }),
      /`every`: It has the invalid value `300`; expected a duration such as/,
    ],
    [
      'a cron pattern of six fields',
      sqlEntry({ every: undefined, cron: '"0 0 3 * * *"' }),
      /`cron`: .* it does not have five fields/,
    ],
    [
      'a cron pattern of every minute',
      sqlEntry({ every: undefined, cron: '"* * * * *"' }),
      /`cron`: .* it comes more often/,
    ],
    [
      'a cron pattern that never comes',
      sqlEntry({ every: undefined, cron: '"0 3 31 2 *"' }),
      /`cron`: .* it never comes/,
    ],
    [
      'a cron pattern of other hours',
      sqlEntry({ every: undefined, cron: '"0 25 * * *"' }),
      /`cron`: .* it is not a cron pattern/,
    ],
    [
      'a cron pattern by name',
      sqlEntry({ every: undefined, cron: '"@daily"' }),
      /`cron`: .* it does not have five fields/,
    ],
    [
      'two statements',
      sqlEntry({ sql: '"SELECT 1 AS a; DELETE FROM t WHERE true"' }),
      /`sql`: It has several statements/,
    ],
    [
      'a statement behind a comment',
      sqlEntry({ sql: String.raw`"SELECT 1 AS a; -- \n DELETE FROM t"` }),
      /`sql`: It has several statements/,
    ],
    ['DML', sqlEntry({ sql: '"DELETE FROM t WHERE true"' }), /`sql`: It begins with DELETE/],
    ['a script', sqlEntry({ sql: '"BEGIN SELECT 1; END"' }), /`sql`: It begins with BEGIN/],
    ['nothing but a comment', sqlEntry({ sql: '"-- SELECT 1"' }), /`sql`: It is empty/],
    [
      'an unknown parameter',
      sqlEntry({ sql: '"SELECT @dat AS a"' }),
      /`sql`: The parameter @dat is unknown. Did you mean date\?/,
    ],
    [
      'the experiment where there is none',
      sqlEntry({ sql: '"SELECT @experiment AS a"' }),
      /@experiment is unknown. It needs scope = "experiment"/,
    ],
    [
      'an unused parameter',
      sqlEntry({ sql: `"SELECT '@x' AS a -- @x"`, parameters: '{ x = { type = "INT64", value = 1 } }' }),
      /`parameters.x`: The query does not use @x/,
    ],
    [
      'parameters of a table',
      tableEntry({ parameters: '{ x = { type = "INT64", value = 1 } }' }),
      /`parameters.x`: The query does not use @x/,
    ],
    [
      'a parameter of ours',
      sqlEntry({ sql: '"SELECT @now AS a"', parameters: '{ now = { type = "INT64", value = 1 } }' }),
      /`parameters.now`: @now is given by Contrail/,
    ],
    [
      'a parameter of an unknown type',
      sqlEntry({ parameters: '{ x = { type = "INT", value = 1 } }' }),
      /`parameters.x.type`: .* expected one of STRING/,
    ],
    [
      'a text for a number',
      sqlEntry({ parameters: '{ x = { type = "INT64", value = "a" } }' }),
      /`parameters.x.value`: .* expected a whole number/,
    ],
    [
      'a number too large',
      sqlEntry({ parameters: '{ x = { type = "INT64", value = 9223372036854775807 } }' }),
      /expected a whole number; beyond 2\^53 as a text/,
    ],
    [
      'an integer of 65 bits',
      sqlEntry({ parameters: '{ x = { type = "INT64", value = "9223372036854775808" } }' }),
      /expected a whole number/,
    ],
    [
      'a list for one value',
      sqlEntry({ parameters: '{ x = { type = "STRING", value = ["a"] } }' }),
      /a list has the type ARRAY<STRING>/,
    ],
    [
      'a wrong value in a list',
      sqlEntry({ parameters: '{ x = { type = "ARRAY<DATE>", value = ["2026-02-30"] } }' }),
      /expected a list of at most 10000 values, each a day/,
    ],
    [
      'no value',
      sqlEntry({ parameters: '{ x = { type = "STRING" } }' }),
      /`parameters.x.value`: It is missing; expected a text/,
    ],
    [
      'infinite numbers',
      sqlEntry({ parameters: '{ x = { type = "FLOAT64", value = inf } }' }),
      /expected a finite number/,
    ],
    [
      'a sum over other columns',
      tableEntry({ sum: '{ column = "value", by = ["time"] }' }),
      /`columns`: `branch` is neither in sum.by nor sum.column/,
    ],
    [
      'a sum over itself',
      tableEntry({ sum: '{ column = "value", by = ["experiment", "branch", "time", "value"] }' }),
      /`sum.by`: `value` is the column to add up/,
    ],
    [
      'steps that are summed without a sum',
      tableEntry({ step: STEP.replace('last', 'sum') }),
      /`step.take`: "sum" needs the field sum/,
    ],
    [
      'steps that do not fit',
      tableEntry({ step: STEP.replace('30m', '32m') }),
      /`step.coarse`: It must be a multiple of fine/,
    ],
    [
      'steps of another column',
      tableEntry({ step: STEP.replace('"time"', '"tim"') }),
      /`step.column`: `tim` is not in columns. Did you mean time\?/,
    ],
    [
      'steps without experiments',
      tableEntry({ scope: '"global"', object: '"x/y.json"', step: STEP }),
      /`step`: It counts from the start of an experiment/,
    ],
    ['a start without steps', tableEntry({ since: '"start"' }), /`since`: It needs step/],
    [
      'a limit of bytes without a unit',
      sqlEntry({ maximumBytesBilled: '5000' }),
      /`maximumBytesBilled`: .* expected a size such as/,
    ],
    ['no rows', sqlEntry({ maxRows: '0' }), /`maxRows`: .* expected a whole number from 1/],
    [
      'a file elsewhere',
      sqlEntry({ sql: undefined, sqlFile: '"../secret.sql"' }),
      /`sqlFile`: \.\.\/secret\.sql cannot be used: it is not a plain file name/,
    ],
    [
      'a file that is missing',
      sqlEntry({ sql: undefined, sqlFile: '"x.sql"' }),
      /`sqlFile`: x\.sql cannot be used: there is no such file/,
    ],
    [
      'a name twice',
      sqlEntry() + sqlEntry({ object: '"x/y.json"' }),
      /query daily, `name`: Another query has the same name/,
    ],
    [
      'an object twice',
      sqlEntry() + sqlEntry({ name: '"b"' }),
      /query b, `object`: .* can be the same object as `object` of daily/,
    ],
    [
      'an object twice on some day',
      sqlEntry({ object: '"x/a_{date}.json"' }) + sqlEntry({ name: '"b"', object: '"x/a_2026-01-13.json"' }),
      /can be the same object/,
    ],
    [
      'an object twice for some slug',
      tableEntry() + tableEntry({ name: '"b"', object: '"monitoring/{slug}_x.json"' }),
      /can be the same object/,
    ],
    [
      'a latest that is its object',
      sqlEntry({ latest: '"reports/daily.json"' }),
      /`latest`: .* can be the same object as `object`, /,
    ],
  ])('is refused for %s', (_, text, problem) => {
    const problems = problemsOf({ text });

    expect(problems).toEqual(expect.arrayContaining([expect.stringMatching(problem)]));
  });

  it.each([
    ['queries.toml', '[[query]\n', /^queries\.toml is not TOML: line 2: /],
    ['queries.json', '{', /^queries\.json is not JSON: /],
    ['queries.toml', '[query]\nname = "a"\n', /expected only a list with the name query/],
    ['queries.toml', '[[querys]]\nname = "a"\n', /It has "querys"; expected only a list/],
    ['queries.json', '[]', /It has no queries/],
    ['queries.json', 'null', /It has no queries/],
    ['queries.json', '{"query": [null, 5, "x"]}', /query 1, `query`/],
    ['queries.toml', `a = ${'['.repeat(20_000)}`, /not TOML/],
    ['queries.toml', '\0', /cannot be read: it is not a text file/],
  ])('is refused as a whole: %s %s', (name, text, problem) => {
    expect(problemsOf({ name, text })[0]).toMatch(problem);
  });

  it('is refused where it is missing, with the variable in the message', () => {
    expect(() => readQueriesFile('/nowhere/queries.toml', 'bigquery')).toThrow(
      /`CONTRAIL_QUERIES` names \/nowhere\/queries\.toml, which cannot be read: there is no such file/,
    );
  });
});
