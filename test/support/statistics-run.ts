/** `contrail run statistics` on a DuckDB file with fixtures, and a bucket of its own. */
import { runContrail } from './contrail.ts';
import { temporaryFolder } from './duckdb.ts';
import { loadFixtures, type StatisticsFixtures } from './statistics-fixtures.ts';

export async function statisticsRun(fixtures: StatisticsFixtures) {
  const warehouse = await loadFixtures(fixtures);
  const bucket = temporaryFolder();
  const environment = { CONTRAIL_WAREHOUSE: `duckdb:${warehouse}`, CONTRAIL_BUCKET: `file:${bucket}` };
  return {
    warehouse,
    bucket,
    run: (experiment: string, period: string) =>
      runContrail(['run', 'statistics', '--experiment', experiment, '--period', period, '--json'], { environment }),
  };
}
