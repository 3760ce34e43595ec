/** The cases of `test/fixtures/statistics` and of the sample, and DuckDB files with their tables. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { loadStatistics } from '../../src/adapters/duckdb/load-statistics.ts';
import { temporaryDuckDb } from './duckdb.ts';

const Case = z.object({
  experiment: z.string(),
  period: z.string(),
  view: z.string(),
  tables: z.array(z.string()),
  object: z.string(),
  /** `file`: one is published. `nothing`: none, and exit code 1. */
  result: z.enum(['file', 'nothing']),
  rows: z.number(),
  rejected: z.number(),
  /** Rows that go beside others; the cases of the sample have none. */
  dropped: z.number().default(0),
  duplicates: z.number(),
  warnings: z.array(z.string()),
});
export type StatisticsCase = z.infer<typeof Case>;

export interface StatisticsFixtures {
  readonly folder: string;
  readonly cases: readonly StatisticsCase[];
}

export const EDGE_FIXTURES = readFixtures('../fixtures/statistics');
export const SAMPLE_FIXTURES = readFixtures('../../sample');

function readFixtures(path: string): StatisticsFixtures {
  const folder = fileURLToPath(new URL(path, import.meta.url));
  const { cases } = z
    .object({ cases: z.array(Case) })
    .parse(JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')));
  return { folder, cases };
}

/** The path of a DuckDB file with all tables and views of the fixtures in schema `mozanalysis`. */
export async function loadFixtures({ folder, cases }: StatisticsFixtures): Promise<string> {
  const file = temporaryDuckDb();
  await loadStatistics(
    file,
    'mozanalysis',
    cases.map(({ view, tables }) => ({
      view,
      tables: tables.map((table) => {
        const plain = join(folder, 'tables', `${table}.ndjson`);
        return { table, path: existsSync(plain) ? plain : `${plain}.gz` };
      }),
    })),
  );
  file.close();
  return file.path;
}

/** The expected bytes of a case. */
export function goldenOf({ folder }: StatisticsFixtures, { object }: StatisticsCase): string {
  return readFileSync(join(folder, 'golden', object), 'utf8');
}
