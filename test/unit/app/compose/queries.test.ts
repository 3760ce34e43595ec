import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loggedQueries } from '../../../../src/app/compose/queries.ts';
import { loadConfig } from '../../../../src/config/load-config.ts';
import { temporaryFolder } from '../../../support/duckdb.ts';
import { recordedLog } from '../../../support/recorded-log.ts';

const SAME_FOR_ALL = `
[[query]]
name = "same"
sql = "SELECT 1 AS a"
scope = "experiment"
object = "x/{slug}.json"
every = "1h"
orderBy = ["a"]
`;

function queriesOf(text: string) {
  const path = join(temporaryFolder(), 'queries.toml');
  writeFileSync(path, text);
  const log = recordedLog();
  const environment = { CONTRAIL_QUERIES: path };
  return { queries: loggedQueries(loadConfig([], { environment }), log), log };
}

describe('configured queries of a process that goes on working', () => {
  it('have a line in its log for each likely mistake', () => {
    const { queries, log } = queriesOf(SAME_FOR_ALL);

    expect(queries.map(({ name }) => name)).toEqual(['same']);
    expect(log.lines).toEqual([
      {
        level: 'warn',
        text: 'configured queries',
        fields: { problem: expect.stringContaining('does not use @experiment') },
      },
    ]);
  });

  it('are logged no more where they are right', () => {
    const right = SAME_FOR_ALL.replace('SELECT 1 AS a', 'SELECT 1 AS a WHERE @experiment IS NOT NULL');
    expect(queriesOf(right).log.lines).toEqual([]);
  });
});
