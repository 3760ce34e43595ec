/** The ready-made configuration, from the file to rows, on tables as production has them. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DuckDbQuerySource } from '../../../src/adapters/duckdb/query-source.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { readQueriesFile } from '../../../src/config/queries/read-queries-file.ts';
import { queryParameters, type QueriedExperiment } from '../../../src/domain/query-export/built-in-parameters.ts';
import type { QueryExport } from '../../../src/domain/query-export/query-export.ts';
import { temporaryDuckDb } from '../../support/duckdb.ts';
import { runSql } from '../../support/duckdb-tables.ts';
import { encodedRows } from '../../support/read-table.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const TICK = Date.parse('2026-01-31T12:00:00Z');
const FILE = fileURLToPath(new URL('../../../config/queries.live.toml', import.meta.url));
const EXPERIMENTS: readonly QueriedExperiment[] = [
  { slug: 'old-one', startedAt: TICK - 20 * DAY_MS },
  { slug: 'new-one', startedAt: TICK - 2 * DAY_MS - 7 * MINUTE_MS },
];
const BRANCHES = ['control', 'treatment-a'];

interface LiveRow {
  readonly experiment: string;
  readonly branch: string;
  readonly value: number;
  readonly time: number;
}

/** A row every three minutes for each branch, over four hours before and after the newer experiment's start. */
function liveRows(): LiveRow[] {
  const from = TICK - 2 * DAY_MS - 4 * 60 * MINUTE_MS;
  const slugs = [...EXPERIMENTS.map(({ slug }) => slug), 'not-chosen'];
  return Array.from({ length: 160 }, (_, index) => index).flatMap((index) =>
    slugs.flatMap((experiment, e) =>
      BRANCHES.map((branch, b) => ({
        experiment,
        branch,
        value: (index * 7 + e * 3 + b * 5) % 11,
        time: from + index * 3 * MINUTE_MS,
      })),
    ),
  );
}

/** What the file must have, worked out row by row. */
function expectedRows({ name, query }: QueryExport, rows: readonly LiveRow[]): Record<string, unknown>[] {
  const isByBranch = name.endsWith('_by_branch');
  const isLast = query.from.kind === 'table' && query.from.step?.take === 'last';
  const perBranch = new Map<string, LiveRow>();
  for (const row of rows) {
    const experiment = EXPERIMENTS.find(({ slug }) => slug === row.experiment);
    if (experiment === undefined || row.time < experiment.startedAt) continue;
    const stepMs = (TICK - experiment.startedAt > 14 * DAY_MS ? 30 : 5) * MINUTE_MS;
    const time = row.time - (row.time % stepMs);
    const key = `${row.experiment} ${row.branch} ${time}`;
    const before = isLast ? 0 : (perBranch.get(key)?.value ?? 0);
    perBranch.set(key, { ...row, time, value: before + row.value });
  }
  const found = new Map<string, LiveRow>();
  for (const row of perBranch.values()) {
    const key = isByBranch ? `${row.experiment} ${row.branch} ${row.time}` : `${row.experiment} ${row.time}`;
    found.set(key, { ...row, value: (found.get(key)?.value ?? 0) + row.value });
  }
  return [...found.values()]
    .sort((a, b) => compare(a.experiment, b.experiment) || b.time - a.time || compare(a.branch, b.branch))
    .map(({ experiment, branch, value, time }) => ({
      experiment,
      ...(isByBranch ? { branch } : {}),
      value: String(value),
      time: `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`,
    }));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

describe('the live monitoring files', () => {
  it('have the rows that their tables give, for all sixteen', async () => {
    const { queries } = readQueriesFile(FILE, 'duckdb');
    const live = queries.filter(({ isEnabled }) => isEnabled);
    const rows = liveRows();
    const values = rows.map(
      ({ experiment, branch, value, time }) =>
        `('${experiment}', '${branch}', ${value}, make_timestamptz(${time * 1000}))`,
    );
    const tables = new Set(
      live.flatMap(({ query: { from } }) =>
        from.kind === 'table' ? [`${from.table.dataset}.${from.table.table}`] : [],
      ),
    );
    const file = temporaryDuckDb();
    await runSql(
      file,
      'CREATE SCHEMA telemetry',
      'CREATE SCHEMA telemetry_derived',
      'CREATE TABLE telemetry.source (experiment VARCHAR, branch VARCHAR, value BIGINT, time TIMESTAMPTZ)',
      `INSERT INTO telemetry.source VALUES ${values.join(', ')}`,
      ...[...tables].map((table) => `CREATE VIEW ${table} AS FROM telemetry.source`),
    );
    const source = new DuckDbQuerySource({ file, clock: systemClock });

    for (const query of live) {
      const open = await source.open({
        name: query.name,
        query: query.query,
        parameters: queryParameters(query, { tick: TICK, experiments: EXPERIMENTS }),
        ...query.limits,
        signal: new AbortController().signal,
      });
      const found = await encodedRows(open);
      await open.close();

      expect(found, query.name).toEqual(expectedRows(query, rows));
    }
    expect(live).toHaveLength(16);
    expect(tables.size).toBe(8);
  });
});
