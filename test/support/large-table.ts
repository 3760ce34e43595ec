/** Statements that make statistics tables of any size: valid rows, unique keys. */

/** A table with that many rows, spread over ten windows. `seed` changes every number. */
export function createLargeTable(table: string, rows: number, seed = 1): string[] {
  return [
    'CREATE SCHEMA IF NOT EXISTS mozanalysis',
    `CREATE OR REPLACE TABLE mozanalysis.${table} AS
      SELECT 'metric_' || (i // 20) AS metric, 'mean' AS statistic, NULL::DECIMAL(38,9) AS parameter,
        CASE WHEN i % 2 = 0 THEN 'control' ELSE 'treatment' END AS branch, NULL::VARCHAR AS comparison,
        NULL::VARCHAR AS comparison_to_branch, 0.95 AS ci_width, sin(i + ${seed}) AS point,
        sin(i + ${seed}) - 0.1 AS "lower", sin(i + ${seed}) + 0.1 AS "upper", 'all' AS segment,
        'enrollments' AS analysis_basis, ((i // 2) % 10 + 1)::BIGINT AS window_index
      FROM range(${rows}) AS numbers(i)`,
  ];
}
