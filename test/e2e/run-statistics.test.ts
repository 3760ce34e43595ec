/** `contrail run statistics` on all fixtures: the files are those of the reference, byte for byte. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { queryRows, temporaryDuckDb, temporaryFolder } from '../support/duckdb.ts';
import { runContrail } from '../support/contrail.ts';
import { describe, expect, it } from 'vitest';
import { EDGE_FIXTURES, goldenOf, loadFixtures, SAMPLE_FIXTURES } from '../support/statistics-fixtures.ts';

async function setup(fixtures: typeof EDGE_FIXTURES) {
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

describe('contrail run statistics', () => {
  it('writes the golden file of every case, or nothing where nothing may be published', async () => {
    const { bucket, warehouse, run } = await setup(EDGE_FIXTURES);

    for (const entry of EDGE_FIXTURES.cases) {
      const { code, stdout } = await run(entry.experiment, entry.period);

      const path = join(bucket, entry.object);
      if (entry.result === 'nothing') {
        expect({ code, exists: existsSync(path) }, entry.view).toEqual({ code: 1, exists: false });
        continue;
      }
      expect(readFileSync(path, 'utf8'), entry.view).toBe(goldenOf(EDGE_FIXTURES, entry));
      expect(code, entry.view).toBe(0);
      const { outcome, rows, rejected, dropped, duplicates } = JSON.parse(stdout);
      expect({ outcome, rows, rejected, dropped, duplicates }, entry.view).toEqual({
        outcome: 'published',
        rows: entry.rows,
        rejected: entry.rejected,
        dropped: entry.dropped,
        duplicates: entry.duplicates,
      });
    }

    const logged = await queryRows(
      temporaryDuckDb({ path: warehouse }),
      `SELECT DISTINCT experiment, log_level, exception_type FROM monitoring.logs ORDER BY ALL`,
    );
    expect(logged).toEqual([
      { experiment: 'edge-all-refused', log_level: 'ERROR', exception_type: 'InvalidStatisticException' },
      { experiment: 'edge-no-target', log_level: 'ERROR', exception_type: 'InvalidStatisticException' },
      { experiment: 'edge-refused', log_level: 'ERROR', exception_type: 'InvalidStatisticException' },
      { experiment: 'edge-refused', log_level: 'WARNING', exception_type: null },
      { experiment: 'edge-values-v2', log_level: 'WARNING', exception_type: null },
      { experiment: 'punctuation.in a slug', log_level: 'WARNING', exception_type: null },
    ]);
  });

  it('writes a file of the rows that the real analysis computed', async () => {
    const { bucket, run } = await setup(SAMPLE_FIXTURES);
    const chosen = SAMPLE_FIXTURES.cases.filter((_, index) => index % 8 === 0);

    for (const entry of chosen) {
      const { code, stdout } = await run(entry.experiment, entry.period);

      expect(code, entry.view).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ outcome: 'published', rows: entry.rows, rejected: entry.rejected });
      const rows = JSON.parse(readFileSync(join(bucket, entry.object), 'utf8'));
      expect(rows).toHaveLength(entry.rows);
      const windows = rows.map((row: { window_index: string }) => Number(row.window_index));
      expect(windows, entry.view).toEqual(windows.toSorted((a: number, b: number) => a - b));
    }
  });
});

describe('the record of a run', () => {
  it('is a row of its own for each file that was published, and for each that was refused', async () => {
    const cases = EDGE_FIXTURES.cases.filter(({ experiment }) =>
      ['foo-weekly', 'edge-all-refused'].includes(experiment),
    );
    const world = await setup({ ...EDGE_FIXTURES, cases });
    for (const { experiment, period } of [...cases, ...cases]) await world.run(experiment, period);

    const runs = await queryRows(
      temporaryDuckDb({ path: world.warehouse }),
      'SELECT experiment, queue, product, outcome, error_code, count(*)::INT AS runs FROM monitoring.export_runs_v1 GROUP BY ALL ORDER BY ALL',
    );

    const fixed = { queue: 'run', product: 'statistics' };
    expect(runs).toEqual([
      { ...fixed, experiment: 'edge-all-refused', outcome: 'failed', error_code: 'ROWS_REFUSED', runs: 2 },
      { ...fixed, experiment: 'foo-weekly', outcome: 'published', error_code: null, runs: 1 },
    ]);
  });
});

describe('a second run', () => {
  const entry = EDGE_FIXTURES.cases.find(({ experiment }) => experiment === 'foo-weekly')!;

  it('leaves a current file alone, also its time of change, unless forced', async () => {
    const world = await setup({ ...EDGE_FIXTURES, cases: [entry] });
    await world.run(entry.experiment, entry.period);

    const again = await world.run(entry.experiment, entry.period);

    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ outcome: 'skipped', reason: 'the file is current' });
    expect(readdirSync(join(world.bucket, 'statistics'))).toEqual(['statistics_foo_weekly_daily.json']);
  });
});
