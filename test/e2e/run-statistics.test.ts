/** `contrail run statistics` on a few fixtures; `test/long` takes all of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { queryRows, temporaryDuckDb } from '../support/duckdb.ts';
import { EDGE_FIXTURES, goldenOf } from '../support/statistics-fixtures.ts';
import { statisticsRun } from '../support/statistics-run.ts';

const FOO = EDGE_FIXTURES.cases.find(({ experiment }) => experiment === 'foo-weekly')!;

describe('the record of a run', () => {
  it('is a row of its own for each file that was published, and for each that was refused', async () => {
    const cases = EDGE_FIXTURES.cases.filter(({ experiment }) =>
      ['foo-weekly', 'edge-all-refused'].includes(experiment),
    );
    const world = await statisticsRun({ ...EDGE_FIXTURES, cases });
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

describe('a run', () => {
  it('writes the golden file', async () => {
    const { bucket, run } = await statisticsRun({ ...EDGE_FIXTURES, cases: [FOO] });

    const { code } = await run(FOO.experiment, FOO.period);

    expect(code).toBe(0);
    expect(readFileSync(join(bucket, FOO.object), 'utf8')).toBe(goldenOf(EDGE_FIXTURES, FOO));
  });
});

describe('a second run', () => {
  it('leaves a current file alone, also its time of change, unless forced', async () => {
    const world = await statisticsRun({ ...EDGE_FIXTURES, cases: [FOO] });
    await world.run(FOO.experiment, FOO.period);

    const again = await world.run(FOO.experiment, FOO.period);

    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ outcome: 'skipped', reason: 'the file is current' });
    expect(readdirSync(join(world.bucket, 'statistics'))).toEqual(['statistics_foo_weekly_daily.json']);
  });
});
