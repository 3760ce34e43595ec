import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DuckDbQuerySource } from '../../../src/adapters/duckdb/query-source.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { runChecks } from '../../../src/app/doctor/check.ts';
import { queryChecks } from '../../../src/app/doctor/query-checks.ts';
import { readQueriesFile } from '../../../src/config/queries/read-queries-file.ts';
import { temporaryDuckDb, temporaryFolder } from '../../support/duckdb.ts';
import { runSql } from '../../support/duckdb-tables.ts';

const never = new AbortController().signal;
const PRICING = { mode: 'on_demand', usdPerTiB: 6.25, usdPerSlotHour: 0.06 } as const;

const query = (name: string, sql: string, more = '') => `
[[query]]
name = "${name}"
sql = "${sql}"
object = "x/${name}.json"
every = "1h"
orderBy = ["a"]
${more}`;

async function checksOf(text: string) {
  const file = temporaryDuckDb();
  await runSql(file, 'CREATE SCHEMA live', 'CREATE TABLE live.t (a BIGINT)');
  const path = join(temporaryFolder(), 'queries.toml');
  writeFileSync(path, text);
  const group = queryChecks({
    queries: new DuckDbQuerySource({ file, clock: systemClock }),
    clock: systemClock,
    pricing: PRICING,
    readFile: () => readQueriesFile(path, 'duckdb'),
  });
  return runChecks([group], systemClock, never);
}

describe('doctor', () => {
  it('lets the warehouse check each enabled query, and goes on after one that cannot run', async () => {
    const results = await checksOf(
      [
        query('good', 'SELECT a FROM live.t'),
        query('gone', 'SELECT a FROM live.u'),
        query('writes', 'WITH x AS (SELECT 1 AS a) DELETE FROM live.t'),
        query('off', 'SELECT a FROM live.u', 'enabled = false'),
        query('same', 'SELECT a FROM live.t', 'scope = "experiment"').replace('x/same', 'each/{slug}'),
      ].join(''),
    );

    expect(results.map(({ check, state }) => `${check}: ${state}`)).toEqual([
      'Query good: ok',
      'Query gone: failed',
      'Query writes: failed',
      'Query same: ok',
      'Queries: warning',
    ]);
    expect(results[1]).toMatchObject({ detail: expect.stringContaining('u'), remedy: expect.stringMatching(/./) });
    expect(results[4]?.detail).toMatch(/does not use/);
  });

  it('says what is wrong with the file', async () => {
    const [result, ...others] = await checksOf('[[query]]\nnam = "x"');

    expect(others).toEqual([]);
    expect(result).toMatchObject({ check: 'Queries', state: 'failed', detail: expect.stringContaining('nam') });
  });
});
