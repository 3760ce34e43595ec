import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readQueriesFile } from '../../../../src/config/queries/read-queries-file.ts';
import { readQueriesText } from '../../../support/queries-file.ts';

const DOCUMENT = readFileSync(new URL('../../../../docs/queries.md', import.meta.url), 'utf8');
const EXAMPLES = [...DOCUMENT.matchAll(/```toml\n([^]*?)```/g)].map(([, text = '']) => text);
const CRASHES = `SELECT day, crashes FROM p.d.crashes
WHERE experiment = @experiment AND day >= DATE(@since) AND hours > @least`;

describe('the examples of docs/queries.md', () => {
  it('are valid, all in one file', () => {
    const { queries, warnings } = readQueriesText({ text: EXAMPLES.join('\n'), files: { 'crashes.sql': CRASHES } });

    expect(queries.map(({ name, scope, format }) => [name, scope.kind, format.kind])).toEqual([
      ['experiments-by-application', 'global', 'keyed'],
      ['enrollments', 'split', 'array'],
      ['crashes', 'experiment', 'array'],
    ]);
    expect(warnings).toEqual([]);
  });
});

describe('the query of the demo', () => {
  it('is valid on DuckDB', () => {
    const path = fileURLToPath(new URL('../../../../sample/queries.toml', import.meta.url));

    expect(readQueriesFile(path, 'duckdb').queries).toHaveLength(1);
  });
});
