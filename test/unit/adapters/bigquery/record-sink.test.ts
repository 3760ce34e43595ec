import { describe, expect, it } from 'vitest';
import { ExplicitContent } from '../../../support/replay-server/explicit-content.ts';
import type { FaultRule } from '../../../support/replay-server/faults.ts';
import { never, PROJECT, replayWorld } from './replay-world.ts';

const LOGS = {
  id: 'batch-1',
  table: 'logs',
  rows: [{ timestamp: '2026-01-15T12:00:00Z', message: 'm', metric: null }],
};

async function setup(faults: readonly FaultRule[] = []) {
  return replayWorld({ datasets: ['monitoring'], faults });
}

const VIEW = 'jetstream_analysis_errors';

describe('BigQuery record sink', () => {
  it('makes a missing table by days and clusters, and the view over the logs, once', async () => {
    const { server, sink } = await setup();

    await sink.append(LOGS, never);
    await sink.append({ ...LOGS, id: 'batch-2' }, never);

    const reply = await fetch(`${server.restUrl}/bigquery/v2/projects/${PROJECT}/datasets/monitoring/tables/logs`);
    const table: unknown = await reply.json();
    expect(table).toMatchObject({
      timePartitioning: { type: 'DAY', field: 'timestamp' },
      clustering: { fields: ['experiment'] },
    });
    const view = await fetch(`${server.restUrl}/bigquery/v2/projects/${PROJECT}/datasets/monitoring/tables/${VIEW}`);
    expect(await view.json()).toMatchObject({ view: { query: expect.stringContaining('error_category') } });
    expect(server.rowsOf('monitoring.logs')).toHaveLength(2);
    expect(server.counters.read().requests).toMatchObject({ 'tables.insert': 2, 'jobs.upload': 2 });
  });

  it('replaces the rows of a day and leaves the other days alone', async () => {
    const { server, sink } = await setup();
    const table = 'query_cost_v1';
    const of = (time: string, query: string) => ({ submission_timestamp: `2026-01-${time}Z`, query });
    await sink.append({ id: 'a', table, rows: [of('13T23:59:59', 'a'), of('14T10:00:00', 'b')] }, never);

    await sink.replace({ id: 'b', table, partition: '2026-01-14', rows: [of('14T12:00:00', 'new')] }, never);
    const replaced = server.rowsOf('monitoring.query_cost_v1').map((row) => row['query']);
    await sink.replace({ id: 'c', table, partition: '2026-01-14', rows: [] }, never);

    expect(replaced).toEqual(['a', 'new']);
    expect(server.rowsOf('monitoring.query_cost_v1').map((row) => row['query'])).toEqual(['a']);
  });

  it('knows a batch that another process has written', async () => {
    const { server, sink } = await setup();
    const other = await replayWorld({});
    await sink.append(LOGS, never);

    const again = await sink.append(LOGS, never);

    expect(again).toBe('known');
    expect(server.rowsOf('monitoring.logs')).toHaveLength(1);
    await expect(other.sink.append(LOGS, never)).rejects.toMatchObject({ code: 'DATASET_MISSING' });
  });

  it('writes a batch again whose job failed, under the next id', async () => {
    const { server, sink } = await setup();
    await sink.append({ ...LOGS, id: 'other' }, never);
    const bad = { ...LOGS, rows: [{ timestamp: 'not a time', message: 'm' }] };
    const failed: unknown = await sink.append(bad, never).catch((error: unknown) => error);

    const second = await sink.append(LOGS, never);
    const third = await sink.append(LOGS, never);

    expect(failed).toMatchObject({ code: 'RECORDS_REFUSED', subject: `${PROJECT}.monitoring.logs` });
    expect([second, third]).toEqual(['written', 'known']);
    expect(server.rowsOf('monitoring.logs')).toHaveLength(2);
  });

  it('makes a table again that was taken away, at the next try', async () => {
    const { server, sink } = await setup();
    await sink.append(LOGS, never);
    server.catalog.remove('monitoring', 'logs');
    const next = { ...LOGS, id: 'batch-2' };

    await expect(sink.append(next, never)).rejects.toMatchObject({ code: 'QUERY_FAILED' });
    const again = await sink.append(next, never);

    expect(again).toBe('written');
    expect(server.rowsOf('monitoring.logs')).toHaveLength(1);
  });

  it('writes once though the answer to the upload was lost', async () => {
    const { server, sink } = await setup([{ on: 'jobs.upload', fault: { kind: 'truncate' } }]);

    await sink.append(LOGS, never);

    expect(server.rowsOf('monitoring.logs')).toHaveLength(1);
  });

  it('writes again after many failed jobs, in a bounded number of requests', async () => {
    const { server, sink } = await setup();
    await sink.append({ ...LOGS, id: 'other' }, never);
    const bad = { ...LOGS, rows: [{ timestamp: 'not a time', message: 'm' }] };
    for (let index = 0; index < 60; index++)
      await expect(sink.append(bad, never)).rejects.toMatchObject({ code: 'RECORDS_REFUSED' });
    const before = server.counters.read().totalRequests;

    const end = await sink.append(LOGS, never);

    expect([end, server.counters.read().totalRequests - before]).toEqual(['written', 17]);
    expect([await sink.append(LOGS, never), await sink.has(LOGS, never)]).toEqual(['known', true]);
    expect(server.rowsOf('monitoring.logs')).toHaveLength(2);
  });

  it('waits for a job whose id is taken, but which is not found yet', async () => {
    const { server, sink } = await setup([
      { on: 'jobs.get', times: 2, fault: { kind: 'refuse', code: 'NOT_FOUND', message: 'Not found: Job' } },
    ]);

    const end = await sink.append(LOGS, never);

    expect([end, server.rowsOf('monitoring.logs').length]).toEqual(['written', 1]);
  });

  it.each([[null], ['europe-west1']])('finds its jobs in a region, with the setting %s', async (location) => {
    const server = { datasets: ['monitoring'], location: 'europe-west1' };
    const { sink } = await replayWorld(server, {}, { location });

    const ends = [await sink.append(LOGS, never), await sink.append(LOGS, never)];

    expect([...ends, await sink.has(LOGS, never)]).toEqual(['written', 'known', true]);
    expect(await sink.has({ ...LOGS, id: 'never' }, never)).toBe(false);
  });

  it('adds the columns of this version to a table of an earlier one', async () => {
    const { server, sink } = await setup();
    server.catalog.add({ name: 'monitoring.audit_v1', fields: [{ name: 'at', type: 'TIMESTAMP', mode: 'REQUIRED' }] });
    const row = { at: '2026-01-15T12:00:00Z', audit_id: 'a', actor: 'alice' };

    await sink.append({ id: 'a', table: 'audit_v1', rows: [row] }, never);
    await sink.append({ id: 'b', table: 'audit_v1', rows: [row] }, never);

    expect(server.rowsOf('monitoring.audit_v1').map((found) => found['actor'])).toEqual(['alice', 'alice']);
    expect(server.counters.read().requests).toMatchObject({ 'tables.patch': 1 });
  });

  it('replaces a day of a table to which others have added a column', async () => {
    const { server, sink } = await setup();
    const table = 'query_cost_v1';
    const rowAt = (time: string) => ({ submission_timestamp: `2026-01-${time}Z`, query: 'q' });
    await sink.append({ id: 'a', table, rows: [rowAt('14T10:00:00')] }, never);
    const stored = server.catalog.get('monitoring', table);
    const fields = [...stored.content.fields, { name: 'team', type: 'STRING' as const }];
    server.catalog.put({ ...stored, content: new ExplicitContent(fields, server.rowsOf(`monitoring.${table}`)) });

    await sink.replace({ id: 'b', table, partition: '2026-01-14', rows: [rowAt('14T12:00:00')] }, never);

    expect(server.rowsOf(`monitoring.${table}`)).toHaveLength(1);
    expect(server.catalog.get('monitoring', table).content.fields.map(({ name }) => name)).toContain('team');
  });

  it.each([
    ['PERMISSION_DENIED', 'ACCESS_DENIED'],
    ['RESOURCE_EXHAUSTED', 'THROTTLED'],
    ['UNAVAILABLE', 'SERVICE_UNAVAILABLE'],
  ] as const)('fails as the service refuses: %s is %s', async (code, expected) => {
    const { sink } = await setup([{ on: 'jobs.upload', times: 'all', fault: { kind: 'refuse', code } }]);

    await expect(sink.append(LOGS, never)).rejects.toMatchObject({ code: expected });
  });
});
