import { expect, it } from 'vitest';
import { parseExperiments } from '../../../../../src/experiment-record/planning-view.ts';
import { ContrailError } from '../../../../../src/domain/errors.ts';
import { statisticsObjectName, statisticsTableName } from '../../../../../src/domain/statistics-name.ts';
import { exportTable } from '../../../../../src/workers/statistics/export-table.ts';
import { type ConsoleCase, consoleCases, type ExpectedFile } from '../../../../support/console-cases.ts';
import { sortedRows } from '../../../../support/sort-rows.ts';
import { memoryTable } from '../../../../support/statistics-table.ts';
import { makeStatisticsWorld } from '../../../../support/statistics-world.ts';

/** Exports the periods of a case into one bucket; tells of each what came of it. */
async function run({ slug, record, tables, run: periods }: ConsoleCase): Promise<Map<string, ExpectedFile>> {
  const world = makeStatisticsWorld();
  for (const { period, columns, rows } of tables) {
    const named = sortedRows(columns, rows).map((row) =>
      Object.fromEntries(columns.map(({ name }, index) => [name, Array.isArray(row) ? row[index] : null])),
    );
    world.source.set(statisticsTableName(slug, period), memoryTable(named, { columns, rowsPerBatch: 16 }));
  }
  const [experiment] = parseExperiments([{ where: slug, record }]).experiments;
  const results = new Map<string, ExpectedFile>();
  for (const period of periods) {
    const request = world.request({ experiment: slug, period, record: experiment?.console });
    try {
      const { outcome } = await exportTable(world.deps, request);
      if (outcome.kind !== 'published') throw new Error(`${period} ended as ${outcome.kind}`);
      const { rejected, dropped, duplicates, warnings } = outcome;
      const text = (await world.textOf(statisticsObjectName(slug, period))) ?? '';
      results.set(period, {
        outcome: 'published',
        code: undefined,
        rejected,
        dropped,
        duplicates,
        warnings: warnings.map(({ kind }) => kind).sort(),
        rows: rowsOf(text),
      });
    } catch (error) {
      if (!(error instanceof ContrailError)) throw error;
      const counts = { rejected: 0, dropped: 0, duplicates: 0, warnings: [], rows: [] };
      results.set(period, { outcome: 'failed', code: error.code, ...counts });
    }
  }
  return results;
}

function rowsOf(file: string): string[] {
  return file === '[]' ? [] : file.slice(1, -1).replaceAll('},{', '}\n{').split('\n').sort();
}

it.each(consoleCases().map((test) => [test.name, test] as const))('%s', async (_, test) => {
  const results = await run(test);

  for (const [period, expected] of test.expected) {
    const counts = { rejected: 0, dropped: 0, duplicates: 0, warnings: [], rows: [] };
    expect(results.get(period), period).toEqual(expected.outcome === 'failed' ? { ...expected, ...counts } : expected);
  }
});
