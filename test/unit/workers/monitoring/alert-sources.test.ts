import { describe, expect, it } from 'vitest';
import { MemoryMonitoringReader } from '../../../../src/adapters/memory/monitoring-reader.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import { readAlertInputs } from '../../../../src/workers/monitoring/alert-sources.ts';
import { makeStatisticsWorld } from '../../../support/statistics-world.ts';

const away = () => Promise.reject(new ContrailError('ACCESS_DENIED', 'May not be read.'));

function setup() {
  const world = makeStatisticsWorld();
  const deps = {
    records: { url: 'memory:', fetch: (): Promise<unknown> => Promise.resolve([]) },
    source: world.source,
    store: world.store,
    reader: new MemoryMonitoringReader(world.sink),
    clock: world.clock,
    files: () => Promise.resolve([]),
    waiting: () => Promise.resolve([]),
  };
  const missing = async () => {
    const { sources } = await readAlertInputs(deps, world.never);
    return Object.entries(sources).flatMap(([name, reading]) => (reading.kind === 'missing' ? [name] : []));
  };
  return { ...world, deps, missing };
}

// Taken for empty, a source would resolve the alerts of everything that it no longer names.
describe('a source of alerts that is made of another', () => {
  it('is there where the other is', async () => {
    expect(await setup().missing()).toEqual(['enrollmentCounts']);
  });

  it('is missing with the experiments: errors and costs are of experiments', async () => {
    const { deps, missing } = setup();
    deps.records.fetch = away;

    expect(await missing()).toEqual(['experiments', 'enrollmentCounts', 'errors', 'queries']);
  });

  it('is missing with the tables: they tell since when errors count', async () => {
    const { source, missing } = setup();
    source.listTables = away;

    expect(await missing()).toEqual(['enrollmentCounts', 'errors', 'tables']);
  });
});
