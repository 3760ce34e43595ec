import { expect, it } from 'vitest';
import { MemoryAlertIndex } from '../../../../src/adapters/memory/alert-index.ts';
import { MemoryMonitoringReader } from '../../../../src/adapters/memory/monitoring-reader.ts';
import { MemoryRecordSink } from '../../../../src/adapters/memory/record-sink.ts';
import { VirtualClock } from '../../../../src/adapters/memory/virtual-clock.ts';
import type { AlertRow } from '../../../../src/alerts/row.ts';
import { liftSilence, silenceRule } from '../../../../src/alerts/silence.ts';
import { openAlertCount } from '../../../../src/app/web/alert-count.ts';
import { alertsSource } from '../../../../src/app/web/alerts-source.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import { alertRow } from '../../../support/alert-rows.ts';
import { NOW } from '../../../support/alert-world.ts';
import { recordedLog } from '../../../support/recorded-log.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const never = new AbortController().signal;
const at = (ms: number) => new Date(ms).toISOString();

function setup({ stored = [] }: { stored?: readonly AlertRow[] } = {}) {
  const clock = new VirtualClock(NOW);
  const index = new MemoryAlertIndex();
  const sink = new MemoryRecordSink();
  const reader = new MemoryMonitoringReader(sink);
  const tables: string[] = [];
  const asked = {
    rows: async (...request: Parameters<typeof reader.rows>) => {
      tables.push(request[0].among?.values.join(' ') ?? '');
      return reader.rows(...request);
    },
  };
  const source = alertsSource({ index, reader: asked, clock, log: recordedLog() });
  const ready = sink.append({ id: 'stored', table: 'alerts_v1', rows: stored }, never);
  const read = async (since = NOW - 14 * DAY) => {
    await ready;
    return source.read(since, never);
  };
  return { clock, index, source, read, tables, asked };
}

const resolved = (daysAgo: number) =>
  alertRow({
    subject: `resolved-${daysAgo}`,
    alert_id: `M1.resolved-${daysAgo}.x`,
    state: 'resolved',
    changed_at: at(NOW - daysAgo * DAY),
    resolved_at: at(NOW - daysAgo * DAY),
  });

it('takes unresolved alerts from the newest check, and resolved ones of the range from the table', async () => {
  const { index, read, tables } = setup({ stored: [alertRow({ value: 0.15 }), resolved(3), resolved(20)] });
  const row = alertRow({ value: 0.3 });
  await index.note({ checkedAt: NOW - HOUR, alerts: [{ row, problem: 'why not' }] });

  const reading = await read();

  expect(reading).toMatchObject({ now: NOW, checkedAt: NOW - HOUR, problems: [] });
  expect(reading.alerts).toMatchObject([
    { row: { subject: 'resolved-3' } },
    { row: { subject: 'my-slug', value: 0.3 }, problem: 'why not' },
  ]);
  expect(tables).toEqual(['resolved']);
});

it('takes an alert as resolved that a later check has resolved without noting it', async () => {
  const later = alertRow({ state: 'resolved', changed_at: at(NOW - 60_000), resolved_at: at(NOW - 60_000) });
  const { index, read } = setup({ stored: [later] });
  await index.note({
    checkedAt: NOW - HOUR,
    alerts: [{ row: alertRow({ changed_at: at(NOW - HOUR) }), problem: null }],
  });

  expect((await read()).alerts).toMatchObject([{ row: { state: 'resolved' } }]);
});

it('takes everything from the table while no check has noted its alerts', async () => {
  const silence = silenceRule(alertRow(), { until: NOW + DAY, reason: 'r', actor: 'ada' }, NOW - DAY);
  const lifted = liftSilence(
    silenceRule(alertRow({ rule: 'M3' }), { until: NOW + DAY, reason: 'r', actor: 'ada' }, NOW - DAY),
    'bob',
    NOW - HOUR,
  );
  const { read } = setup({ stored: [alertRow(), resolved(3), silence, lifted] });

  const reading = await read();

  expect(reading.checkedAt).toBeNull();
  expect(reading.alerts.map(({ row }) => row.state).toSorted()).toEqual(['open', 'resolved']);
  expect(reading.silences.map(({ state }) => state).toSorted()).toEqual(['resolved', 'silenced']);
});

it('asks the table once a minute, whoever looks', async () => {
  const { clock, index, read, tables } = setup();
  await index.note({ checkedAt: NOW, alerts: [] });

  await Promise.all([read(), read()]);
  await clock.advance(59_000);
  await read(NOW - 14 * DAY + 59_000);
  const before = tables.length;
  await clock.advance(1_000);
  await read();

  expect([before, tables.length]).toEqual([1, 2]);
});

it('shows a silence at once', async () => {
  const { index, source, read } = setup();
  await index.note({ checkedAt: NOW, alerts: [{ row: alertRow(), problem: null }] });
  await read();
  await source.silence(silenceRule(alertRow(), { until: NOW + DAY, reason: 'r', actor: 'ada' }, NOW));

  expect((await read()).silences).toMatchObject([{ actor: 'ada' }]);
});

it('shows what the other source knows, and says which one is missing', async () => {
  const { index, read, asked } = setup();
  await index.note({ checkedAt: NOW, alerts: [{ row: alertRow(), problem: null }] });
  asked.rows = () => Promise.reject(new ContrailError('WAREHOUSE_BUSY', 'Another process has the file.'));

  const reading = await read();

  expect(reading.alerts).toHaveLength(1);
  expect(reading.problems).toEqual([
    { name: 'monitoring.alerts_v1', problem: expect.stringContaining('Another process has the file.') },
  ]);
});

it('counts open alerts for the navigation, at most every 15 s and without waiting', async () => {
  const { clock, index } = setup();
  const noted = ['a', 'b'].map((subject) => ({ row: alertRow({ subject }), problem: null }));
  await index.note({ checkedAt: NOW, alerts: noted });
  const count = openAlertCount(index, clock);
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

  const first = count();
  await settled();
  const second = count();
  await index.silence(silenceRule(alertRow({ subject: 'a' }), { until: NOW + DAY, reason: 'r', actor: 'ada' }, NOW));
  await clock.advance(15_000);
  count();
  await settled();
  const third = count();
  index.read = () => Promise.reject(new ContrailError('REDIS_UNREACHABLE', 'Redis is away.'));
  await clock.advance(15_000);
  count();
  await settled();

  expect([first, second, third, count()]).toEqual([undefined, 2, 1, undefined]);
});
