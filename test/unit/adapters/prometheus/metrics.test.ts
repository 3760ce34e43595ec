import { describe, expect, it } from 'vitest';
import { PrometheusMetrics } from '../../../../src/adapters/prometheus/metrics.ts';
import { METRICS } from '../../../../src/ports/metrics.ts';
import { readMetrics } from '../../../support/prometheus-text.ts';

function setup({ measuresProcess = false } = {}) {
  const metrics = new PrometheusMetrics({ measuresProcess });
  return { metrics, text: () => metrics.text(), read: async () => readMetrics(await metrics.text()) };
}

describe('the metrics of a process', () => {
  it('are all declared, with their kind and text', async () => {
    const text = await setup().text();

    for (const [name, { kind, text: help }] of Object.entries(METRICS)) {
      expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`);
    }
  });

  it('add up, are observed, set and forgotten', async () => {
    const { metrics, read, text } = setup();
    metrics.add('contrail_rows_total', { queue: 'statistics' }, 3);
    metrics.add('contrail_rows_total', { queue: 'statistics' });
    metrics.observe('contrail_attempt_seconds', { queue: 'statistics' }, 0.2);
    metrics.set('contrail_queue_paused', { queue: 'errors' }, 1);
    const before = await read();
    metrics.forget('contrail_queue_paused');
    const after = await read();

    expect(before.value('contrail_rows_total', { queue: 'statistics' })).toBe(4);
    expect(await text()).toContain('contrail_attempt_seconds_count{queue="statistics"} 1\n');
    expect(before.value('contrail_queue_paused', { queue: 'errors' })).toBe(1);
    expect(after.value('contrail_queue_paused', { queue: 'errors' })).toBeUndefined();
  });

  it('take no amount that would break a counter', async () => {
    const { metrics, read } = setup();

    for (const amount of [-1, Number.NaN, Number.POSITIVE_INFINITY, 0]) {
      metrics.add('contrail_rows_total', { queue: 'statistics' }, amount);
      metrics.observe('contrail_attempt_seconds', { queue: 'statistics' }, amount === 0 ? Number.NaN : amount);
    }

    expect((await read()).value('contrail_rows_total', { queue: 'statistics' })).toBeUndefined();
  });

  it('keep a text readable whatever a label holds', async () => {
    const { metrics, read } = setup();
    const odd = 'a"b\\c\nd}';

    metrics.add('contrail_rows_total', { queue: odd });

    expect((await read()).value('contrail_rows_total', { queue: odd })).toBe(1);
  });

  it('include those of Node, if wanted: the lag of the event loop', async () => {
    const { families } = await setup({ measuresProcess: true }).read();

    const names = families.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes']),
    );
  });

  it('have no label with values that we do not choose', () => {
    const labels = new Set(Object.values(METRICS).flatMap(({ labels: names }) => names));

    const chosen = ['code', 'kind', 'limit', 'outcome', 'phase', 'queue', 'result', 'service', 'state', 'version'];
    expect([...labels].sort()).toEqual(chosen);
  });
});
