/** What a scan costs while nothing changes. */
import { expect, it } from 'vitest';
import { MemoryExperimentsApi } from '../../../../src/adapters/memory/experiments-api.ts';
import { MemoryObjectStore } from '../../../../src/adapters/memory/object-store.ts';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { PRODUCTS } from '../../../../src/producer/product-plan.ts';
import { planProducts } from '../../../../src/producer/plan-products.ts';
import { DATASET, never, replayWorld } from './replay-world.ts';

const EVERYTHING = { experiments: [], periods: [], apps: [], force: false, products: PRODUCTS };
const DAY = 86_400_000;
const ROW = { timestamp: '2026-01-15 08:00:00', experiment: 'a-b', exception_type: 'ValueError', message: 'No.' };

/** The server groups no rows, so what it finds in the log is told. */
const SUMMARIES = {
  statement: 'GROUP BY experiment, DIV',
  fields: ['experiment', 'first', 'count', 'newest'].map((name) => ({ name, type: 'STRING' as const })),
  rows: [{ experiment: 'a-b', first: '1768464000000000', count: '1', newest: '1768464000000000' }],
};

async function setup() {
  const changedMs = Date.parse('2026-01-15T00:00:00Z');
  const table = (name: string, more = {}) => ({
    name: `${DATASET}.statistics_a_b_${name}`,
    lastModifiedMs: changedMs,
    generate: { rows: 5, windowIndex: false },
    ...more,
  });
  const { server, source, sink, logs } = await replayWorld({
    answers: [SUMMARIES],
    tables: [
      table('week_1', { description: 'a-b' }),
      table('weekly', { kind: 'view' }),
      table('daily'),
      table('overall', { kind: 'view', reads: [`${DATASET}.statistics_a_b_daily`] }),
    ],
  });
  server.catalog.addDataset('monitoring');
  const write = (id: string, experiment = 'a-b') =>
    sink.append({ id, table: 'logs', rows: [{ ...ROW, experiment }] }, never);
  await write('first');
  const scan = () =>
    planProducts(
      {
        api: new MemoryExperimentsApi([{ slug: 'a-b', startDate: '2026-01-01' }]),
        source,
        sink,
        logs,
        store: new MemoryObjectStore({ clock: systemClock }),
        clock: systemClock,
        settleMs: DAY,
        analysisLeadMs: 0,
        leftOut: async () => () => false,
        resolveMetadata: async () => ({ version: 'v' }),
        withUnanalysedMetadata: true,
      },
      EVERYTHING,
      never,
    );
  return {
    scan,
    write,
    /** The queries since the last call. */
    requests: () => {
      const { requests } = server.counters.read();
      server.counters.reset();
      return requests;
    },
  };
}

it('bills nothing in ten scans: they query the list of tables alone, which is free', async () => {
  const { scan, requests } = await setup();
  const first = await scan();
  requests();

  const plans = [];
  for (let number = 1; number <= 10; number++) plans.push(await scan());

  const { 'jobs.query': queries, 'jobs.insert': jobs } = requests();
  expect([queries, jobs]).toEqual([10, undefined]);
  expect(plans.map(({ due }) => due.map(({ product }) => product))).toEqual(
    plans.map(() => first.due.map(({ product }) => product)),
  );
  expect([first.failures, first.problems]).toEqual([[], []]);
  expect(first.due.map(({ product }) => product)).toContain('errors');
});

it('reads the log again as soon as it has more rows', async () => {
  const { scan, write, requests } = await setup();
  await scan();
  requests();
  await scan();
  const idle = requests()['jobs.query'];

  await write('second', 'other');
  requests();
  const { due } = await scan();

  expect([idle, requests()['jobs.query']]).toEqual([1, 3]);
  expect(due.map(({ product, experiment }) => `${experiment} ${product}`)).toContain('other errors');
});
