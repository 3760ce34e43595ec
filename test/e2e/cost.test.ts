/** `contrail cost` as users run it, on a DuckDB file. */
import { expect, it } from 'vitest';
import { runStatements } from '../../src/adapters/duckdb/load-statistics.ts';
import { deployment } from '../support/deployment.ts';
import { queryRows } from '../support/duckdb.ts';
import { createLargeTable } from '../support/large-table.ts';

const HISTORY = [
  'CREATE SCHEMA region_us',
  `CREATE TABLE region_us.jobs_by_project AS SELECT TIMESTAMPTZ '2026-01-14 23:59:59+00' AS creation_time,
    TIMESTAMPTZ '2026-01-14 23:59:59+00' AS start_time, TIMESTAMPTZ '2026-01-15 00:10:00+00' AS end_time,
    {'project_id': 'p', 'dataset_id': 'mozanalysis', 'table_id': 'statistics_one_week_1'} AS destination_table,
    'SELECT 1' AS query, NULL::STRUCT(reason VARCHAR, message VARCHAR) AS error_result,
    2000000::BIGINT AS total_bytes_processed, 3600000::BIGINT AS total_slot_ms`,
];

it('tells what a day cost and who caused it, and why a day has no costs', async () => {
  const { file, contrail, json } = deployment();
  await runStatements(file, [...createLargeTable('statistics_one_weekly', 100), ...HISTORY]);
  const before = await json('cost --date 2026-01-14');
  await contrail('run query-cost --date 2026-01-14');

  const byExperiment = await contrail('cost --date 2026-01-14');
  const byKind = await json('cost --date 2026-01-14 --by kind');
  const mistakes = await Promise.all(
    ['cost --by tabel', 'cost --date 2999-01-01', 'cost --date 14.1.2026', 'cost --dat today'].map(contrail),
  );

  expect(before).toMatchObject({ total: { usd: 0, queries: 0 }, analysisImport: { state: 'none' }, groups: [] });
  expect(before.notes).toEqual([expect.stringContaining('contrail run query-cost --date 2026-01-14')]);
  expect(byExperiment).toMatchObject({ code: 0, stdout: 'one\t0.06\t1\t1\t2000000\t3600000\t0.06\t0\n' });
  expect(byExperiment.stderr).toContain('2026-01-14: 0.06 USD, 1 query, 2.0 MB. 2026-01-01 to 2026-01-14: 0.06 USD');
  expect(byKind).toMatchObject({
    date: '2026-01-14',
    isComplete: true,
    total: { usd: 0.06, slotHours: 1 },
    groups: [{ name: 'analysis', queries: 1, share: 1 }],
    notes: [],
  });
  expect(mistakes.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
  expect(mistakes.map(({ stderr }) => stderr).join()).toMatch(
    /Did you mean table\?[^]*not come yet[^]*not a day[^]*--date/,
  );
});

it('counts what Contrail itself reads', async () => {
  const { file, contrail, json } = deployment();
  await runStatements(file, createLargeTable('statistics_one_weekly', 100));
  await contrail('backfill --product statistics');
  await contrail('worker --drain');
  await runStatements(file, ['UPDATE monitoring.export_runs_v1 SET cost_usd = 0.5, bytes_billed = 7, slot_ms = 3600']);

  const today = await json('cost --date today --by table');

  const [row] = await queryRows(file, 'SELECT source FROM monitoring.export_runs_v1');
  expect(today.groups).toMatchObject([{ name: row?.['source'], usd: 0.5, queries: 1, bytes: 7 }]);
  expect(today).toMatchObject({ isComplete: false, month: { usd: 0.5 } });
});
