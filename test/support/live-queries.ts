/** Tables as the shipped `config/queries.live.toml` reads them, and a plain computation of what its files must have. */
import { fileURLToPath } from 'node:url';
import { readQueriesFile } from '../../src/config/queries/read-queries-file.ts';
import { temporaryDuckDb } from './duckdb.ts';
import { runSql } from './duckdb-tables.ts';

export const LIVE_QUERIES = fileURLToPath(new URL('../../config/queries.live.toml', import.meta.url));
const MINUTE = 60_000;
export const LIVE_NOW = Date.parse('2026-01-15T12:02:00Z');
/** The first is younger than 14 days, the other one older. */
export const LIVE_EXPERIMENTS = [
  { slug: 'young-one', startedAt: Date.parse('2026-01-14T00:00:00Z'), stepMs: 5 * MINUTE },
  { slug: 'old_one', startedAt: Date.parse('2025-12-01T00:00:00Z'), stepMs: 30 * MINUTE },
];
const BRANCHES = ['control', 'treatment', null] as const;

interface LiveRow {
  readonly experiment: string;
  readonly branch: string | null;
  readonly value: number;
  readonly time: number;
}

/** Every seven minutes for some hours, from before the start of the younger one. */
export const LIVE_ROWS: readonly LiveRow[] = [...LIVE_EXPERIMENTS.map(({ slug }) => slug), 'another'].flatMap(
  (experiment, place) =>
    BRANCHES.flatMap((branch, index) =>
      Array.from({ length: 40 }, (_, step) => ({
        experiment,
        branch,
        value: (place + 1) * (index + 1) * (step + 1),
        time: Date.parse('2026-01-13T22:00:00Z') + step * 7 * MINUTE,
      })),
    ),
);

/** A DuckDB file with the tables that the shipped queries read, and the queries that are enabled. */
export async function liveTables(path?: string) {
  const file = temporaryDuckDb(path === undefined ? {} : { path });
  const { queries } = readQueriesFile(LIVE_QUERIES, 'duckdb');
  const tables = queries.flatMap(({ query: { from } }) => (from.kind === 'table' ? [from.table] : []));
  const names = [...new Set(tables.map(({ dataset, table }) => `"${dataset}"."${table}"`))];
  const values = LIVE_ROWS.map(
    ({ experiment, branch, value, time }) =>
      `('${experiment}', ${branch === null ? 'NULL' : `'${branch}'`}, ${value}, make_timestamptz(${time * 1_000}))`,
  ).join(', ');
  await runSql(
    file,
    ...new Set(tables.map(({ dataset }) => `CREATE SCHEMA IF NOT EXISTS "${dataset}"`)),
    ...names.flatMap((name) => [
      `CREATE TABLE ${name} (experiment VARCHAR, branch VARCHAR, value BIGINT, time TIMESTAMPTZ)`,
      `INSERT INTO ${name} VALUES ${values}`,
    ]),
  );
  return { file, queries: queries.filter(({ isEnabled }) => isEnabled) };
}

/** The rows of one file, as production writes them but without its defects. */
export function expectedLiveText(name: string, { slug, startedAt, stepMs }: (typeof LIVE_EXPERIMENTS)[number]): string {
  const isByBranch = name.endsWith('_by_branch');
  const isCumulative = /cumulative|daily_active/.test(name);
  const groups = new Map<string, { branch: string | null; time: number; value: number; last: number }>();
  for (const { experiment, branch, value, time } of LIVE_ROWS) {
    if (experiment !== slug || time < startedAt) continue;
    const at = Math.floor(time / stepMs) * stepMs;
    const key = `${branch} ${at}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { branch, time: at, value, last: time });
    else if (isCumulative) groups.set(key, time > known.last ? { ...known, value, last: time } : known);
    else groups.set(key, { ...known, value: known.value + value });
  }
  const rows = isByBranch ? [...groups.values()] : totals([...groups.values()]);
  rows.sort((a, b) => b.time - a.time || rank(a.branch) - rank(b.branch));
  return JSON.stringify(
    rows.map(({ branch, time, value }) => {
      const text = `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
      if (!isByBranch) return { time: text, value: String(value) };
      return { ...(branch === null ? {} : { branch }), value: String(value), time: text };
    }),
  );
}

function totals(groups: readonly { readonly time: number; readonly value: number }[]) {
  const byTime = new Map<number, number>();
  for (const { time, value } of groups) byTime.set(time, (byTime.get(time) ?? 0) + value);
  return [...byTime].map(([time, value]) => ({ branch: null, time, value }));
}

/** NULL comes first in ascending order. */
function rank(branch: string | null): number {
  return branch === null ? 0 : branch === 'control' ? 1 : 2;
}
