/** Files of configured queries: they are read, or refused with entry and field. Names made from them stay in their folders. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readQueriesFile } from '../../../src/config/queries/read-queries-file.ts';
import { fillTemplate } from '../../../src/domain/query-export/object-template.ts';
import { readSql, renameParameters } from '../../../src/domain/query-export/sql-text.ts';
import { fuzzTarget, mustEqual, mustHold, unlessRefused } from '../target.ts';

const FIELDS = [
  'name = "a"',
  'name = "b_{item}"',
  'foreach = ["x", "y"]',
  'foreach = ["x"]',
  'table = "p.d.t"',
  'table = "p.d.{item}"',
  'columns = ["experiment", "branch", "value", "time"]',
  'sum = { column = "value", by = ["experiment", "branch", "time"] }',
  'step = { column = "time", fine = "5m", coarse = "30m", afterDays = 14, take = "sum" }',
  'since = "start"',
  'sql = "SELECT @experiment, @since"',
  'sql = "SELECT 1; DELETE"',
  'sqlFile = "x.sql"',
  'scope = "split"',
  'scope = "experiment"',
  'scope = "global"',
  'splitBy = "experiment"',
  'object = "monitoring/{slug}.json"',
  'object = "monitoring/{item}_{date}.json"',
  'object = "statistics/../x"',
  'latest = "monitoring/{normalised}_{name}.json"',
  'every = "5m"',
  'every = 5',
  'cron = "0 3 * * *"',
  'cron = "0 3 31 2 *"',
  'format = "keyed"',
  'key = "branch"',
  'orderBy = ["time desc", "branch"]',
  'parameters = { x = { type = "ARRAY<INT64>", value = [1, "2"] } }',
  'maximumBytesBilled = "2TB"',
  'experiments = { endedDays = 14 }',
  'emptyIs = "publish"',
];
const PIECES = [
  '[[query]]\n',
  '[query]\n',
  '=',
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  '\n',
  '\\u0000',
  '{item}',
  '..',
  '/',
  '@',
  ';',
  'é',
  '1e999',
];
const SQL = [
  'SELECT ',
  '@a',
  "'",
  '"',
  '`',
  '\\',
  '--',
  '/*',
  '*/',
  '#',
  '$$',
  '$x$',
  ';',
  '\n',
  "'''",
  '"""',
  'E',
  'é',
  ' ',
];
const SLUG = 'a/../b';

export const queries = fuzzTarget<{ readonly text: string; readonly sql: string }>({
  name: 'queries',
  about: 'files of configured queries',
  quickInputs: 300,
  make: (random) => {
    const count = random.int(0, 3);
    const entries = Array.from({ length: count }, () => {
      const lines = FIELDS.filter(() => random.chance(0.3));
      return `[[query]]\n${lines.join('\n')}\n${random.chance(0.3) ? random.text(PIECES, random.int(1, 6)) : ''}\n`;
    });
    return { text: entries.join(''), sql: random.text(SQL, random.int(0, 30)) };
  },
  check: ({ text, sql }) => {
    for (const query of queriesOf(text)) {
      for (const template of [query.object, ...(query.latest === undefined ? [] : [query.latest])]) {
        const name = fillTemplate(template, { slug: SLUG, date: '2026-01-13' });
        mustHold(/^[^{}./\\][^{}\\]*\//.test(name), `${name} has a folder of fixed text`);
        mustHold(!name.split('/').includes('..'), `${name} stays in its folder`);
        mustHold(!/^(?:statistics|metadata|errors)\//i.test(name), `${name} is not in a folder of ours`);
      }
    }
    for (const dialect of ['bigquery', 'duckdb'] as const) {
      mustEqual(
        renameParameters(sql, dialect, (name) => `@${name}`),
        sql,
        'a text that is read',
      );
      const { statement, hasMore } = readSql(sql, dialect);
      mustHold(sql.startsWith(statement), 'the statement is the beginning of the text');
      mustHold(!readSql(statement, dialect).hasMore, 'a statement is one');
      mustHold(!hasMore || statement.length < sql.length, 'more is outside of the statement');
    }
  },
});

function queriesOf(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'contrail-fuzz-'));
  const path = join(folder, 'queries.toml');
  try {
    writeFileSync(path, text);
    return unlessRefused(['CONFIG_INVALID'], () => readQueriesFile(path, 'bigquery').queries) ?? [];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
