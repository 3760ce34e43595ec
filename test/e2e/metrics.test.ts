/** Processes that tell of themselves, as users start them. */
import { describe, expect, it } from 'vitest';
import { runStatements } from '../../src/adapters/duckdb/load-statistics.ts';
import { deployment } from '../support/deployment.ts';
import { createLargeTable } from '../support/large-table.ts';
import { readMetrics } from '../support/prometheus-text.ts';

type Started = ReturnType<ReturnType<typeof deployment>['start']>;

/** The address of the metrics, from the log. */
async function urlOf(started: Started): Promise<string> {
  const [, url = ''] = await started.says(/"url":"(http:[^"]+)\/metrics","msg":"serving metrics"/);
  return url;
}

async function get(url: string) {
  const reply = await fetch(url);
  return { status: reply.status, text: await reply.text() };
}

describe('--metrics-port', () => {
  it('serves what a worker did, and whether it can work, until it has stopped', async () => {
    const { file, start, json } = deployment();
    await runStatements(file, createLargeTable('statistics_one_weekly', 100));
    const worker = start('worker --metrics-port 0');
    const url = await urlOf(worker);
    await worker.says(/taking jobs/);
    await json('backfill --wait');

    const [metrics, health, ready] = await Promise.all(
      ['metrics', 'healthz', 'readyz'].map((path) => get(`${url}/${path}`)),
    );
    worker.child.kill('SIGTERM');
    const { code } = await worker.ended;

    const { value, families } = readMetrics(metrics?.text ?? '');
    expect(value('contrail_attempts_total', { queue: 'statistics', outcome: 'published' })).toBe(1);
    expect(value('contrail_rows_total', { queue: 'statistics' })).toBe(100);
    expect(value('contrail_queue_ready_jobs', { queue: 'statistics' })).toBe(0);
    expect(value('contrail_redis_up')).toBe(1);
    expect(value('contrail_redis_commands_total')).toBeGreaterThan(10);
    expect(families.map(({ name }) => name)).toContain('nodejs_eventloop_lag_p99_seconds');
    expect([health, ready]).toEqual([
      { status: 200, text: 'ok\n' },
      { status: 200, text: 'ready\n' },
    ]);
    expect(code).toBe(0);
    await expect(get(`${url}/healthz`)).rejects.toThrow('fetch failed');
  });

  it('serves the passes of a scheduler', async () => {
    const { start } = deployment();
    const scheduler = start('schedule --metrics-port 0');
    const url = await urlOf(scheduler);
    await scheduler.says(/"msg":"scanned"/);

    const { text } = await get(`${url}/metrics`);
    scheduler.child.kill('SIGTERM');

    expect(readMetrics(text).value('contrail_service_passes_total', { service: 'scan', result: 'done' })).toBe(1);
    expect(await scheduler.ended).toMatchObject({ code: 0 });
  });

  it('is refused when it is no port, and told by its name when it is taken', async () => {
    const { contrail, start } = deployment();
    const worker = start('worker --metrics-port 0');
    const port = new URL(await urlOf(worker)).port;

    const [none, taken] = await Promise.all([
      contrail('worker --metrics-port many'),
      contrail(`schedule --metrics-port ${port}`),
    ]);
    worker.child.kill('SIGTERM');
    await worker.ended;

    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('--metrics-port takes a number')]);
    expect([taken.code, taken.stderr]).toEqual([1, expect.stringContaining('CONTRAIL_METRICS_PORT')]);
  });
});

describe('contrail web', () => {
  it('charts the runs of the warehouse on the board, and holds the file of the warehouse no longer than that', async () => {
    const { file, start, json, contrail } = deployment();
    await runStatements(file, createLargeTable('statistics_one_weekly', 100));
    await json('backfill --product statistics');
    await contrail('worker --drain');
    const web = start('web --port 0');
    const [url = ''] = await web.says(/http:\/\/127\.0\.0\.1:\d+/);
    const to = Date.now() + 60_000;
    const range = `from=${to - 7_200_000}&to=${to}&granularity=hour&queue=statistics`;

    const counts = await get(`${url}/queues/api/metrics/history?${range}`);
    const times = await get(`${url}/queues/api/metrics/latency?${range}&metric=runtime`);
    const after = await contrail('worker --drain');
    web.child.kill('SIGTERM');

    const { completed, failed } = JSON.parse(counts.text);
    const sum = (points: readonly { value: number }[]) => points.reduce((total, { value }) => total + value, 0);
    expect([sum(completed), sum(failed)]).toEqual([1, 0]);
    expect(JSON.parse(times.text)).toEqual([expect.objectContaining({ count: 1 })]);
    expect([after.code, (await web.ended).code]).toEqual([0, 0]);
  });
});
