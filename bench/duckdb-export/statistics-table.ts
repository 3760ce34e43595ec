/** A statistics table in a DuckDB file, of any length and always the same, made by DuckDB itself. */
import { DuckDBInstance } from '@duckdb/node-api';
import type { Column } from '../../src/domain/column-type.ts';

export const DATASET = 'mozanalysis';
export const EXPERIMENT = 'bench';
export const TABLE = `statistics_${EXPERIMENT}_daily`;

/** The columns of the table. */
export const COLUMNS: readonly Column[] = [
  ...['metric', 'statistic'].map((name): Column => ({ name, type: { kind: 'string' } })),
  { name: 'parameter', type: { kind: 'numeric', scale: 9, words: 4 } },
  ...['branch', 'comparison', 'comparison_to_branch'].map((name): Column => ({ name, type: { kind: 'string' } })),
  ...['ci_width', 'point', 'lower', 'upper'].map((name): Column => ({ name, type: { kind: 'float64' } })),
  ...['segment', 'analysis_basis'].map((name): Column => ({ name, type: { kind: 'string' } })),
  { name: 'window_index', type: { kind: 'int64' } },
];

/** Larger tables have more rows in a window, not more windows. */
const WINDOWS = 50;

/**
 * 3 branches × 3 kinds of comparison × 3 statistics × 10 metrics × 2 bases × 2 segments = 1,080 rows for each
 * parameter: no key comes twice, and every branch that is compared with has rows of its own. The rows do not lie in the
 * order of the file.
 */
const ROWS_PER_PARAMETER = 1080;

/** Creates the file with one table of so many rows. */
export async function createStatisticsTable(path: string, rows: number): Promise<void> {
  const rowsPerWindow = Math.ceil(rows / WINDOWS);
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(`CREATE SCHEMA ${DATASET}`);
  await connection.run(`
    CREATE TABLE ${DATASET}.${TABLE} AS
    SELECT
      ['search_count', 'days_of_use', 'active_hours', 'client_level_daily_active_users_v2', 'ad_clicks', 'uri_count',
       'retained', 'tagged_sap_searches', 'organic_searches', 'unenroll'][1 + n // 27 % 10] AS metric,
      ['deciles', 'bootstrap_mean', 'empirical_cdf'][1 + n // 9 % 3] AS statistic,
      ((1 + n // ${ROWS_PER_PARAMETER}) / 1000)::DECIMAL(38, 9) AS parameter,
      ['control', 'treatment-a', 'treatment-b'][1 + n % 3] AS branch,
      [NULL, 'difference', 'relative_uplift'][1 + n // 3 % 3] AS comparison,
      CASE WHEN n // 3 % 3 > 0 THEN 'control' END AS comparison_to_branch,
      0.95::DOUBLE AS ci_width,
      ${randomDouble('i')} AS point,
      CASE WHEN i % 10 > 0 THEN ${randomDouble('-i')} END AS lower,
      CASE WHEN i % 10 > 0 THEN ${randomDouble('-i - 0.5')} END AS upper,
      ['all', 'regular_users_v3'][1 + n // 540 % 2] AS segment,
      ['enrollments', 'exposures'][1 + n // 270 % 2] AS analysis_basis,
      window_index
    FROM (SELECT i, i % ${rowsPerWindow} AS n, 1 + i // ${rowsPerWindow} AS window_index FROM range(${rows}) AS numbers(i))`);
  connection.closeSync();
  instance.closeSync();
}

/** Between -5 and 15. */
function randomDouble(seed: string): string {
  return `hash(${seed})::DOUBLE / 18446744073709551616 * 20 - 5`;
}
