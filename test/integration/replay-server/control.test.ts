/** The control endpoint does for a server in another process what the API does in this one. */
import { expect, it } from 'vitest';
import { ReplayControl } from '../../support/replay-server/control.ts';
import { setup } from './world.ts';

it('adds and removes tables, tells rows and counters', async () => {
  const { server } = await setup();
  const control = new ReplayControl(server.restUrl);
  const fields = [{ name: 'n', type: 'INTEGER' as const }];

  await control.addTable({ name: 'd.t', fields, rows: [{ n: 1 }] });
  const rows = await control.rowsOf('d.t');
  const listed = await fetch(`${server.restUrl}/bigquery/v2/projects/p/datasets/d/tables`);
  const counts = await control.counters();
  await control.removeTable('d.t');
  await control.resetCounters();

  expect(rows).toEqual([{ n: 1 }]);
  expect(await listed.json()).toMatchObject({ totalItems: 1 });
  expect(counts.requests).toEqual({ 'tables.list': 1 });
  expect(await control.rowsOf('d.t')).toEqual([]);
  expect((await control.counters()).totalRequests).toBe(0);
  expect(await control.peakBytes()).toBeGreaterThan(1e6);
});

it('sets faults and answers', async () => {
  const { server } = await setup();
  const control = new ReplayControl(server.restUrl);
  const list = () => fetch(`${server.restUrl}/bigquery/v2/projects/p/datasets`);

  await control.addFault({ on: 'datasets.list', times: 'all', fault: { kind: 'refuse', code: 'UNAVAILABLE' } });
  const refused = await list();
  await control.clearFaults();
  await control.addAnswer({ statement: '^SELECT 1$', fields: [{ name: 'one', type: 'INTEGER' }], rows: [{ one: 1 }] });

  expect(refused.status).toBe(503);
  expect((await list()).status).toBe(200);
  expect(server.answers.find('select 1')?.content.rowCount).toBe(1);
});

it('says what it has not', async () => {
  const { server } = await setup();

  const unknown = await fetch(`${server.restUrl}/__replay/weather`);

  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toMatchObject({ error: { message: 'The replay server has no control GET weather' } });
});
