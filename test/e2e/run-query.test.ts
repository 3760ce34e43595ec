/** `contrail run query`, as users run it, on DuckDB. */
import { describe, expect, it } from 'vitest';
import { queriesRun, SPLIT_NUMBERS } from '../support/queries-run.ts';

const NUMBERS = `INSERT INTO live.numbers VALUES
  ('a', '2026-01-13 04:30:00+00', 1), ('a', '2026-01-13 04:35:00.5+00', 2), ('b', NULL, NULL), ('elsewhere', NULL, 9)`;

/** A query with one file; further lines as given. */
function oneFile(...lines: readonly string[]): string {
  return ['[[query]]', 'name = "total"', 'object = "live/total.json"', 'every = "1h"', ...lines].join('\n');
}

describe('contrail run query', () => {
  it('publishes the files, and moves only their versions the next time', async () => {
    const { run, json, read, sql, rows } = await queriesRun(SPLIT_NUMBERS);
    await sql(NUMBERS);

    const first = await run('numbers');
    const second = await json('numbers');

    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('2 files: 2 published') });
    expect(read('live/a_numbers.json')).toBe(
      '[{"time":"2026-01-13 04:35:00.5 UTC","value":"2"},{"time":"2026-01-13 04:30:00 UTC","value":"1"}]',
    );
    expect(read('live/b_numbers.json')).toBe('[{"time":null,"value":null}]');
    expect(second).toMatchObject({
      query: 'numbers',
      outcome: 'unchanged',
      rows: 3,
      files: [
        { outcome: 'unchanged', object: 'live/a_numbers.json', rows: 2 },
        { outcome: 'unchanged', object: 'live/b_numbers.json', rows: 1 },
      ],
    });
    const runs =
      'SELECT product, object, outcome, source, rows::INT AS rows FROM monitoring.export_runs_v1 ORDER BY outcome';
    const facts = { product: 'query', object: 'live/{slug}_numbers.json', source: 'query:numbers', rows: 3 };
    expect(await rows(runs)).toEqual([
      { ...facts, outcome: 'published' },
      { ...facts, outcome: 'unchanged' },
    ]);
  });

  it('publishes the file of one experiment, but of no private one', async () => {
    const { json, sql, read, run } = await queriesRun(SPLIT_NUMBERS, { slugs: ['a', 'b'], secret: ['b'] });
    await sql(NUMBERS);

    const named = await json('numbers --experiment a');
    const hidden = await run('numbers --experiment b');
    const all = await json('numbers');

    expect(named).toMatchObject({ files: [{ object: 'live/a_numbers.json' }] });
    expect(hidden).toMatchObject({ code: 0, stdout: 'skipped: the experiment is private\n' });
    expect(all).toMatchObject({ files: [{ object: 'live/a_numbers.json' }] });
    expect(() => read('live/b_numbers.json')).toThrow(/ENOENT/);
  });

  it('shows what it would do, and does nothing', async () => {
    const { json, read } = await queriesRun(SPLIT_NUMBERS);

    const dry = await json('numbers --dry-run');

    expect(dry).toMatchObject({
      query: 'numbers',
      scope: 'split',
      sql: expect.stringContaining('ORDER BY "experiment"'),
      parameters: [
        { name: 'experiments', type: 'ARRAY<STRING>' },
        { name: 'starts', type: 'ARRAY<TIMESTAMP>' },
      ],
      columns: [
        { name: 'experiment', type: 'STRING' },
        { name: 'time', type: 'TIMESTAMP' },
        { name: 'value', type: 'INT64' },
      ],
      maximumBytesBilled: 10_000_000_000,
      objects: ['live/a_numbers.json', 'live/b_numbers.json'],
    });
    expect(() => read('live/a_numbers.json')).toThrow(/ENOENT/);
  });

  it('lists the queries without a name', async () => {
    const { run } = await queriesRun(SPLIT_NUMBERS);

    expect(await run('')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^numbers +split +every 5m +\S+Z +live\/\{slug\}_numbers\.json\n$/),
    });
  });

  it('lists them with what may be a mistake', async () => {
    const { run } = await queriesRun(`${SPLIT_NUMBERS}
[[query]]
name = "off"
enabled = false
sqlFile = "missing.sql"
object = "live/off.json"
every = "5m"
orderBy = ["value"]
`);

    expect(await run('')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^numbers .*\n$/),
      stderr: expect.stringMatching(/^warning: .*off, `sqlFile`: missing\.sql cannot be used/m),
    });
  });

  it('keeps a file with rows when its query has none any more', async () => {
    const { run, sql, read, rows } = await queriesRun(SPLIT_NUMBERS, { slugs: ['a'] });
    await sql(NUMBERS);
    await run('numbers');
    const before = read('live/a_numbers.json');
    await sql('DELETE FROM live.numbers');

    const empty = await run('numbers');

    expect(empty).toMatchObject({ code: 1, stderr: expect.stringContaining('the file stays as it is') });
    expect(read('live/a_numbers.json')).toBe(before);
    const runs = "SELECT error_code FROM monitoring.export_runs_v1 WHERE outcome = 'failed'";
    expect(await rows(runs)).toEqual([{ error_code: 'QUERY_EMPTY' }]);
  });
});

describe('a query that cannot run', () => {
  it.each([
    ['changes data', 'sql = "DELETE FROM live.numbers RETURNING value"', 2, /only one SELECT is allowed/],
    [
      'changes data in a part of it',
      'sql = "WITH gone AS (DELETE FROM live.numbers RETURNING value) SELECT value FROM gone"',
      1,
      /total/,
    ],
    ['has two statements', 'sql = "SELECT value FROM live.numbers; DROP TABLE live.numbers"', 2, /statement/],
    ['hides a second statement', 'sql = "SELECT 1 AS value /* ; */ ; DELETE FROM live.numbers -- "', 2, /statement/],
    ['reads a file of the machine', `sql = "SELECT * FROM read_csv('/etc/passwd') AS t(value)"`, 1, /total/],
    ['reads a table that is not there', 'sql = "SELECT value FROM live.nmbers"', 1, /nmbers/],
  ])('because it %s is refused', async (_, sql, code, message) => {
    const { run, rows, sql: prepare, read } = await queriesRun(oneFile(sql, 'orderBy = ["value"]'));
    await prepare(NUMBERS);

    const refused = await run('total');

    expect(refused).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
    expect(refused.stderr).not.toMatch(/\n\s+at /);
    expect(() => read('live/total.json')).toThrow(/ENOENT/);
    expect(await rows('SELECT count(*)::INT AS count FROM live.numbers')).toEqual([{ count: 4 }]);
  });

  it.each([
    ['no order', [], /`orderBy`: It is required/],
    ['an unused parameter', ['orderBy = ["value"]', 'parameters = { least = { type = "INT64", value = 1 } }'], /least/],
    ['an unknown field', ['ordrBy = ["value"]'], /ordrBy.*orderBy/],
    ['an object of statistics', ['orderBy = ["value"]', 'latest = "statistics/x.json"'], /statistics/],
    ['an object twice', ['orderBy = ["value"]', 'latest = "live/total.json"'], /live\/total\.json/],
  ])('because its entry has %s is wrong usage', async (_, lines, message) => {
    const { run } = await queriesRun(oneFile('sql = "SELECT value FROM live.numbers"', ...lines));

    const refused = await run('total');

    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  });

  it.each([
    ['a mistyped name', 'numbrs', 2, /No query has the name "numbrs"\. Did you mean numbers\?/],
    ['an unknown experiment', 'numbers --experiment c', 1, /has no experiment "c"/],
    ['options without a name', '--dry-run', 2, /Which query\?/],
    ['a mistyped option', 'numbers --dryrun', 2, /no option "--dryrun"\. Did you mean --dry-run\?/],
  ])('because of %s says so', async (_, command, code, message) => {
    const { run } = await queriesRun(SPLIT_NUMBERS);

    expect(await run(command)).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
  });

  it.each([
    ['a key of another type', ['key = "value"'], /Column "value" \(`key`\) is INT64; it must be STRING or DATE.*CAST/s],
    ['a value that it lacks', ['key = "experiment"', 'value = "count"'], /no column "count", which `value` names/],
  ])('because of %s is told so by a dry run', async (_, lines, message) => {
    const sql = 'sql = "SELECT experiment, value FROM live.numbers"';
    const { run } = await queriesRun(oneFile(sql, 'format = "keyed"', ...lines));

    expect(await run('total --dry-run')).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(message) });
  });

  it('takes no experiment if it has one file', async () => {
    const { run } = await queriesRun(oneFile('sql = "SELECT value FROM live.numbers"', 'orderBy = ["value"]'));

    expect(await run('total --experiment a')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('one file for all'),
    });
  });
});
