/** Whatever odd rows a table has: what Contrail publishes of it passes its own verification. */
import { expect, it } from 'vitest';
import { statisticsTableName } from '../../../../src/domain/statistics-name.ts';
import { consoleCases } from '../../../support/console-cases.ts';
import { sortedRows } from '../../../support/sort-rows.ts';
import { memoryTable } from '../../../support/statistics-table.ts';
import { verifyWorld } from '../../../support/verify-world.ts';

it.each(consoleCases().map((test) => [test.name, test] as const))('%s', async (_, { slug, record, tables, run }) => {
  const world = verifyWorld([{ proposedEnrollment: 7, outcomes: [], segments: [], ...record }]);
  for (const { period, columns, rows } of tables) {
    if (!run.includes(period)) continue;
    const named = sortedRows(columns, rows).map((row) =>
      Object.fromEntries(columns.map(({ name }, index) => [name, Array.isArray(row) ? row[index] : null])),
    );
    world.source.set(statisticsTableName(slug, period), memoryTable(named, { columns, rowsPerBatch: 16 }));
  }
  await world.publishAll();

  const { faults, messages } = await world.verify({ isDeep: true });

  expect({ faults, messages }).toEqual({ faults: {}, messages: [] });
});
