import { expect, it } from 'vitest';
import { KeptViewTables } from '../../../../src/adapters/bigquery/kept-view-tables.ts';
import type { StatisticsSource } from '../../../../src/ports/statistics-source.ts';
import type { TableSpec } from '../../../support/replay-server/catalog.ts';
import { DATASET, never, PROJECT, replayWorld } from './replay-world.ts';

const GONE = 'statistics_gone_weekly';
const ODD = 'statistics_odd_weekly';
const ELSEWHERE = 'elsewhere.numbers';

function table(name: string, lastModifiedMs = 1000e9): TableSpec {
  return { name, lastModifiedMs, generate: { rows: 1, windowIndex: false } };
}

function view(name: string, more: Partial<TableSpec>): TableSpec {
  return { ...table(`${DATASET}.${name}`), kind: 'view', ...more };
}

function failing(pattern: string): Partial<TableSpec> {
  const message = `${PROJECT}:${pattern} does not match any table.`;
  return { queryFails: { code: 'INVALID_ARGUMENT', reason: 'invalidQuery', message } };
}

/** One scan: the listing, and what each view tells of itself. */
async function scan(source: StatisticsSource, names: readonly string[] = [GONE, ODD]) {
  const listing = await source.listTables(never);
  const { tables, unreadable } = await source.describeTables(names, never, listing);
  return {
    versions: Object.fromEntries(tables.map(({ name, version }) => [name, version])),
    errors: Object.fromEntries(unreadable.map(({ name, error }) => [name, error.code])),
  };
}

async function setup(views: readonly TableSpec[]) {
  const world = await replayWorld({ tables: [table(ELSEWHERE), table(`${DATASET}.clients`), ...views] });
  const first = await scan(world.source);
  const { counters } = world.server;
  const before = new Map(Object.entries(counters.read().requests));
  return {
    ...world,
    first,
    requests: () => {
      const now = Object.entries(counters.read().requests);
      const since = now.map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)] as const);
      return Object.fromEntries(since.filter(([, count]) => count > 0));
    },
  };
}

it('asks nothing for views without window tables in ten idle scans but the times of tables elsewhere', async () => {
  const odd = view(ODD, { reads: [`${DATASET}.clients`, ELSEWHERE] });

  const { source, first, requests } = await setup([view(GONE, failing(`${DATASET}.statistics_gone_week_*`)), odd]);

  const scans = [];
  for (let number = 1; number <= 10; number++) scans.push(await scan(source));

  expect(first).toEqual({ versions: { [ODD]: new Date(1000e9).toISOString() }, errors: { [GONE]: 'SOURCE_GONE' } });
  expect(scans).toEqual(Array.from({ length: 10 }, () => first));
  expect(requests()).toEqual({ 'jobs.query': 10, 'tables.get': 10 });
});

it('sees each change of the tables that a view reads, wherever they are, without another dry run', async () => {
  const odd = view(ODD, { reads: [`${DATASET}.clients`, ELSEWHERE] });
  const { server, source, requests } = await setup([odd]);

  server.catalog.add(table(`${DATASET}.clients`, 2000e9));
  const ours = await scan(source);
  server.catalog.add(table(ELSEWHERE, 3000e9));
  const others = await scan(source);

  expect(ours.versions).toEqual({ [ODD]: new Date(2000e9).toISOString() });
  expect(others.versions).toEqual({ [ODD]: new Date(3000e9).toISOString() });
  expect(requests()['jobs.insert'] ?? 0).toBe(0);
});

it('keeps what it knows while some of the tables are listed in between', async () => {
  const odd = view(ODD, { reads: [`${DATASET}.clients`] });
  const { source, requests } = await setup([odd]);

  const some = await source.listTables(never, [ODD]);
  const { tables } = await source.describeTables([ODD], never, some);
  const asked = requests()['jobs.insert'];
  await scan(source);

  expect(tables.map(({ version }) => version)).toEqual([new Date(1000e9).toISOString()]);
  expect(asked).toBe(1);
  expect(requests()['jobs.insert']).toBe(1);
});

it('asks again when the view was changed', async () => {
  const { server, source, requests } = await setup([view(ODD, { reads: [`${DATASET}.clients`] })]);
  server.catalog.add(view(ODD, { reads: [ELSEWHERE], lastModifiedMs: 1500e9 }));
  server.catalog.add(table(ELSEWHERE, 4000e9));

  const { versions } = await scan(source);

  expect(versions).toEqual({ [ODD]: new Date(4000e9).toISOString() });
  expect(requests()['jobs.insert']).toBe(1);
});

it('asks again when a table came that the view may read', async () => {
  const { server, source } = await setup([view(GONE, failing(`${DATASET}.statistics_other_*`))]);
  server.catalog.add(table(`${DATASET}.statistics_other_1`, 2000e9));
  server.catalog.add(view(GONE, { reads: [`${DATASET}.statistics_other_1`] }));

  const { versions, errors } = await scan(source);

  expect(versions).toEqual({ [GONE]: new Date(2000e9).toISOString() });
  expect(errors).toEqual({});
});

it('keeps no failure that tables outside the dataset, or rights, may end', async () => {
  const refused = { code: 'PERMISSION_DENIED', reason: 'accessDenied', message: 'Access Denied' } as const;
  const { server, source } = await setup([
    view(GONE, failing('elsewhere.statistics_gone_*')),
    view(ODD, { queryFails: refused }),
  ]);
  server.catalog.add(view(GONE, {}));
  server.catalog.add(view(ODD, {}));

  expect((await scan(source)).errors).toEqual({});
});

it('keeps no answer for longer than an hour, however often it is used', () => {
  let now = 0;
  const kept = new KeptViewTables({ project: PROJECT, dataset: DATASET }, { monotonic: () => now });
  const scanAt = (minutes: number) => {
    now = minutes * 60_000;
    return kept.during([{ name: ODD, kind: 'view', changedAt: 1, rows: 0, bytes: 0 }]);
  };

  scanAt(0).keep(ODD, { tables: [] });
  const found = [1, 30, 59, 61].map((minutes) => scanAt(minutes).find(ODD) !== undefined);

  expect(found).toEqual([true, true, true, false]);
});

it('takes the time of a wildcard elsewhere from the tables that it matches', async () => {
  const wildcard = view(ODD, { reads: ['elsewhere.daily_*'] });
  const { source, server, first, requests } = await setup([
    table('elsewhere.daily_1', 1500e9),
    table('elsewhere.daily_2', 1400e9),
    table('elsewhere.other', 1700e9),
    wildcard,
  ]);

  const second = await scan(source, [ODD]);

  expect(first.versions).toEqual({ [ODD]: new Date(1500e9).toISOString() });
  expect(second.versions).toEqual(first.versions);
  expect(requests()).toEqual({ 'jobs.query': 2 });
  server.catalog.add(table('elsewhere.daily_3', 1600e9));
  expect((await scan(source, [ODD])).versions).toEqual({ [ODD]: new Date(1600e9).toISOString() });
});
