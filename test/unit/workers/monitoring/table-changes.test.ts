import { expect, it } from 'vitest';
import { MemoryStatisticsSource } from '../../../../src/adapters/memory/statistics-source.ts';
import { METADATA } from '../../../../src/domain/object-metadata.ts';
import type { StoredObject } from '../../../../src/ports/object-store.ts';
import { tableChanges } from '../../../../src/workers/monitoring/table-changes.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');
const HOUR = 3_600_000;
const never = new AbortController().signal;

function object(slug: string, changedAt: number): StoredObject {
  const name = `statistics/statistics_${slug.replaceAll(/[-.]/g, '_')}_weekly.json`;
  return { name, bytes: 2, generation: '1', changedAt, metadata: { [METADATA.experiment]: slug } };
}

function setup(tables: Readonly<Record<string, string | undefined>>, version?: string) {
  const source = new MemoryStatisticsSource();
  for (const [name, description] of Object.entries(tables)) {
    source.set(name, {
      columns: [],
      batches: [],
      changedAt: NOW - HOUR,
      ...(description !== undefined && { description }),
      ...(version !== undefined && { version }),
    });
  }
  return (objects: readonly StoredObject[] = []) =>
    tableChanges({ source, clock: { now: () => NOW } }, () => objects, never);
}

it.each([
  ['of tables with times', undefined, NOW - HOUR],
  ['of tables without', 'a fingerprint', NOW],
])('has the descriptions %s, and of window tables only', async (_, version, changedAt) => {
  const changes = setup({ statistics_a_b_week_1: 'a.b', statistics_a_b_week_2: undefined, other: 'a.b' }, version);

  expect(await changes()).toEqual([
    { name: 'statistics_a_b_week_1', changedAt, description: 'a.b' },
    { name: 'statistics_a_b_week_2', changedAt },
  ]);
});

it('takes the time of the file of the experiment that a table without times describes', async () => {
  const changes = setup(
    { statistics_a_b_week_1: 'a.b', statistics_a_b_week_2: 'copied', statistics_x_preenrollment_week_1: undefined },
    'a fingerprint',
  );

  const found = await changes([object('a.b', NOW - 3 * HOUR), object('a-b', NOW - HOUR), object('x', NOW - 2 * HOUR)]);

  expect(found.map(({ changedAt }) => NOW - changedAt)).toEqual([3 * HOUR, HOUR, 2 * HOUR]);
});
