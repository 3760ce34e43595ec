/** A folder with `cases.json` and `tables/`, as `sample` is one: views, and the rows of the tables that they read. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { SeedColumn, SeedRow } from './emulated-warehouse.ts';

const Cases = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  cases: z.array(z.object({ view: z.string(), tables: z.array(z.string()) })),
});

const Row = z.record(z.string(), z.unknown());

/** A view over per-window tables: each brings its rows with the number behind its name as `window_index`. */
export interface SeedView {
  readonly view: string;
  readonly tables: readonly SeedTable[];
}

export interface SeedTable {
  /** `statistics_my_slug_week_2` */
  readonly table: string;
  /** Reads its rows. */
  readonly rows: () => readonly SeedRow[];
}

export interface StatisticsFolder {
  readonly columns: readonly SeedColumn[];
  readonly views: readonly SeedView[];
}

/** What a folder holds; rows are read when they are wanted. */
export function readStatisticsFolder(folder: string): StatisticsFolder {
  const { columns, cases } = Cases.parse(JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')));
  return {
    columns: columns.map(({ name, type }) => ({ name, type: type === 'FLOAT64' ? 'FLOAT' : type })),
    views: cases.map(({ view, tables }) => ({
      view,
      tables: tables.map((table) => ({ table, rows: () => readRows(join(folder, 'tables', `${table}.ndjson`)) })),
    })),
  };
}

function readRows(path: string): SeedRow[] {
  const bytes = existsSync(path) ? readFileSync(path) : gunzipSync(readFileSync(`${path}.gz`));
  const lines = bytes.toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => Row.parse(JSON.parse(line)));
}
