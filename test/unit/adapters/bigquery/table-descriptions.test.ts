import { expect, it } from 'vitest';
import type { StatisticsSource } from '../../../../src/ports/statistics-source.ts';
import type { TableSpec } from '../../../support/replay-server/catalog.ts';
import { DATASET, never, replayWorld } from './replay-world.ts';

const WEEK = 'statistics_a_b_week_1';

function table(name: string, description: string, lastModifiedMs = 1000e9): TableSpec {
  return { name: `${DATASET}.${name}`, description, lastModifiedMs, generate: { rows: 1, windowIndex: false } };
}

async function descriptions(source: StatisticsSource): Promise<Record<string, string | undefined>> {
  const listing = await source.listTables(never);
  return Object.fromEntries(listing.map(({ name, description }) => [name, description]));
}

it('lists the description of each table as it was written, with one more query', async () => {
  const odd = `it's "a-b"\n é 😀 \\`;
  const { server, source } = await replayWorld({
    tables: [table(WEEK, 'a-b'), table('statistics_c_week_1', odd), table('statistics_d_week_1', '')],
  });

  expect(await descriptions(source)).toEqual({
    [WEEK]: 'a-b',
    statistics_c_week_1: odd,
    statistics_d_week_1: undefined,
  });
  expect(server.counters.read().requests).toEqual({ 'jobs.query': 2 });
});

it('asks for descriptions only when a table was created', async () => {
  const { server, source } = await replayWorld({ tables: [table(WEEK, 'a-b')] });
  await descriptions(source);
  await descriptions(source);
  const idle = server.counters.read().requests;
  server.catalog.remove(DATASET, WEEK);
  server.catalog.add(table(WEEK, 'a.b', 2000e9));

  const listed = await descriptions(source);

  expect(idle).toEqual({ 'jobs.query': 3 });
  expect(listed).toEqual({ [WEEK]: 'a.b' });
  expect(server.counters.read().requests).toEqual({ 'jobs.query': 5 });
});

it('asks once for all listings that are taken at the same time', async () => {
  const { server, source } = await replayWorld({ tables: [table(WEEK, 'a-b')] });

  const listed = await Promise.all([descriptions(source), descriptions(source), descriptions(source)]);

  expect(listed).toEqual([{ [WEEK]: 'a-b' }, { [WEEK]: 'a-b' }, { [WEEK]: 'a-b' }]);
  expect(server.counters.read().requests).toEqual({ 'jobs.query': 4 });
});

it('asks again if the listing that asked was aborted', async () => {
  const { server, source } = await replayWorld({ tables: [table(WEEK, 'a-b')] });
  server.faults.add({ on: 'jobs.query', about: 'TABLE_OPTIONS', fault: { kind: 'stall' } });
  const stop = new AbortController();
  const first = source.listTables(stop.signal);
  const requests = () => server.counters.read().requests['jobs.query'];
  await expect.poll(requests).toBe(2);
  const second = descriptions(source);
  await expect.poll(requests).toBe(3);
  stop.abort(new Error('stopped'));

  await expect(first).rejects.toThrow('stopped');
  expect(await second).toEqual({ [WEEK]: 'a-b' });
});

it('asks for no descriptions where only views and other tables are', async () => {
  const { server, source } = await replayWorld({
    tables: [table('enrollments_a_b', 'a-b'), { name: `${DATASET}.statistics_a_b_weekly`, kind: 'view' }],
  });

  await descriptions(source);

  expect(server.counters.read().requests).toEqual({ 'jobs.query': 1 });
});

it('lists names alone if descriptions are not allowed, and says so once until they are', async () => {
  const { server, source, log } = await replayWorld({ tables: [table(WEEK, 'a-b')] });
  server.faults.add({
    on: 'jobs.query',
    about: 'TABLE_OPTIONS',
    fault: { kind: 'refuse', code: 'PERMISSION_DENIED' },
    times: 2,
  });

  const [first, second] = [await descriptions(source), await descriptions(source)];
  const problem = source.descriptionsProblem;
  const third = await descriptions(source);

  expect([first, second, third]).toEqual([{ [WEEK]: undefined }, { [WEEK]: undefined }, { [WEEK]: 'a-b' }]);
  expect(problem?.message).toContain('Reading the descriptions of the tables of');
  expect(log.lines.map(({ level }) => level)).toEqual(['warn']);
  expect(source.descriptionsProblem).toBeUndefined();
});

it('lists some tables with their descriptions for free, whether they are known or not', async () => {
  const { server, source } = await replayWorld({
    tables: [table(WEEK, 'a-b'), table('statistics_a_b_week_2', 'a.b'), table('statistics_c_week_1', 'c')],
  });

  const unknown = await source.listTables(never, ['statistics_a_b_']);
  const known = await source.listTables(never, ['statistics_a_b_']);
  const { requests } = server.counters.read();

  expect(known.map(({ name, description }) => [name, description])).toEqual([
    [WEEK, 'a-b'],
    ['statistics_a_b_week_2', 'a.b'],
  ]);
  expect(unknown).toEqual(known);
  expect(requests).toEqual({ 'jobs.query': 2, 'tables.get': 2 });
});

it('lists some tables by name alone if one cannot be read', async () => {
  const { server, source } = await replayWorld({ tables: [table(WEEK, 'a-b')] });
  server.faults.add({ on: 'tables.get', fault: { kind: 'refuse', code: 'PERMISSION_DENIED' } });

  const listed = await source.listTables(never, ['statistics_a_b_']);

  expect(listed.map(({ name, description }) => [name, description])).toEqual([[WEEK, undefined]]);
});

it('warns once of a description that contradicts the name', async () => {
  const { server, source, log } = await replayWorld({
    tables: [table(WEEK, 'copied-from'), table('statistics_c_week_1', 'c')],
  });

  await descriptions(source);
  server.catalog.add(table('statistics_c_week_2', 'c', 2000e9));
  await descriptions(source);

  expect(log.lines.map(({ fields, text }) => [fields['tables'], text])).toEqual([
    [[WEEK], 'the descriptions of tables contradict their names and are ignored; perhaps they are copies'],
  ]);
});
