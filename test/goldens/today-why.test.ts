/** The traces of `today-trace.test.ts` again, gathered from a warehouse, a bucket, metric-hub and records in memory. */
import { expect, it } from 'vitest';
import { MemoryStatisticsSource } from '../../src/adapters/memory/statistics-source.ts';
import { explainExperiment } from '../../src/app/why/explain-experiment.ts';
import { traceFiles } from '../support/trace-cases.ts';
import { memoryTable } from '../support/statistics-table.ts';
import { never } from '../support/metadata-world.ts';
import { WINDOW_TABLE_COLUMNS } from '../support/why-world.ts';
import { memoryWhyWorld } from '../support/memory-why-world.ts';

it.each(traceFiles().map((read) => [read.name, read] as const))(
  'contrail why finds the cells of %s',
  async (_, read) => {
    const source = new MemoryStatisticsSource();
    for (const [name, { modified, rows }] of Object.entries(read.tables)) {
      source.set(name, memoryTable(rows, { columns: WINDOW_TABLE_COLUMNS, changedAt: Date.parse(modified) }));
    }
    const { deps } = await memoryWhyWorld(read, source);

    const { cells, problems, untraced } = await explainExperiment(deps, { slug: read.experiment.slug }, never);

    expect({ problems, untraced }).toEqual({ problems: [] });
    expect(cells).toStrictEqual(read.result.cells);
  },
);
