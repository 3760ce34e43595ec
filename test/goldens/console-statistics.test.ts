/** The statistics cases of `test/fixtures/console`, or of CONTRAIL_FIXTURES, byte for byte through the command line. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { statisticsObjectName, statisticsTableName } from '../../src/domain/statistics-name.ts';
import { type ConsoleCase, consoleCases } from '../support/console-cases.ts';
import { runContrail } from '../support/contrail.ts';
import { temporaryDuckDb, temporaryFolder } from '../support/duckdb.ts';
import { putTable } from '../support/duckdb-tables.ts';

async function setup({ slug, record, tables }: ConsoleCase) {
  const folder = temporaryFolder();
  const warehouse = temporaryDuckDb();
  for (const { period, columns, rows } of tables) {
    await putTable(warehouse, statisticsTableName(slug, period), { columns, rows });
  }
  warehouse.close();
  const experiments = join(folder, 'experiments.json');
  writeFileSync(experiments, JSON.stringify([record]));
  const bucket = join(folder, 'bucket');
  const environment = {
    CONTRAIL_WAREHOUSE: `duckdb:${warehouse.path}`,
    CONTRAIL_BUCKET: `file:${bucket}`,
    CONTRAIL_EXPERIMENTER: `file:${experiments}`,
  };
  return {
    run: (period: string) =>
      runContrail(['run', 'statistics', '--experiment', slug, '--period', period, '--json'], { environment }),
    textOf: (name: string) => (existsSync(join(bucket, name)) ? readFileSync(join(bucket, name), 'utf8') : undefined),
  };
}

it.each(consoleCases().map((test) => [test.name, test] as const))('%s', async (_, test) => {
  const { run, textOf } = await setup(test);

  for (const period of test.run) {
    const expected = test.expected.get(period);
    if (expected === undefined) continue;
    const { code, stdout, stderr } = await run(period);

    const done = JSON.parse(stdout) as { outcome: string; code?: string; warnings?: { kind: string }[] };
    const text = textOf(statisticsObjectName(test.slug, period));
    if (expected.outcome === 'failed') {
      expect({ period, code, done: done.outcome, problem: done.code, text }, stderr).toEqual({
        period,
        code: 1,
        done: 'failed',
        problem: expected.code,
        text: undefined,
      });
      continue;
    }
    const { rejected, dropped, duplicates } = expected;
    expect({ period, code, ...done }, stderr).toMatchObject({
      period,
      code: 0,
      outcome: 'published',
      rejected,
      dropped,
      duplicates,
    });
    expect(done.warnings?.map(({ kind }) => kind).sort()).toEqual(expected.warnings);
    expect(rowsOf(text)).toEqual(expected.rows);
    expect(windowsOf(text)).toEqual(windowsOf(text).toSorted((a, b) => a - b));
  }
});

function rowsOf(file: string | undefined): string[] {
  if (file === undefined || file === '[]') return [];
  return file.slice(1, -1).replaceAll('},{', '}\n{').split('\n').sort();
}

/** Null comes first. */
function windowsOf(file: string | undefined): number[] {
  const rows = JSON.parse(file ?? '[]') as { window_index?: string | null }[];
  return rows
    .map(({ window_index }) => Number(window_index ?? Number.NEGATIVE_INFINITY))
    .filter((n) => !Number.isNaN(n));
}
