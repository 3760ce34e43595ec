import { describe, expect, it } from 'vitest';
import { fixedClock } from '../../../../src/adapters/system/clock.ts';
import { MemoryRecordSink } from '../../../../src/adapters/memory/record-sink.ts';
import { recordFailure, recordOutcome } from '../../../../src/app/attempts/record-attempts.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import type { JobOutcome } from '../../../../src/domain/outcome.ts';
import { LIST_PRICES } from '../../../../src/domain/query-cost-price.ts';
import type { RecordBatch } from '../../../../src/ports/record-sink.ts';
import { recordedLog } from '../../../support/recorded-log.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');
const PAYLOAD = {
  version: 1,
  experiment: 'my-slug',
  period: 'weekly',
  knownBy: 'api',
  sourceVersion: '2026-01-15T00:00:00.000Z',
  seen: { generation: 'absent', metadata: {} },
  reason: 'new',
  force: false,
};
const PUBLISHED: JobOutcome = {
  kind: 'published',
  object: 'statistics/statistics_my_slug_weekly.json',
  location: 'gs://b/statistics/statistics_my_slug_weekly.json',
  source: 'p.d.t',
  sourceVersion: '2026-01-15T00:00:00.000Z',
  rows: 10,
  rejected: 1,
  dropped: 0,
  duplicates: 2,
  bytes: 1_000,
  warnings: [],
  durationMs: 5,
  readMs: 3,
  publishMs: 1,
  generation: '7',
  sourceRows: 13,
  usage: { requests: 2, bytesRead: 100, bytesBilled: 1024 ** 4, slotMs: 3_600_000, queryMs: 40 },
};

function setup() {
  const sink = new MemoryRecordSink();
  const recording = {
    sink,
    clock: fixedClock(NOW),
    log: recordedLog(),
    worker: 'host:1',
    pricing: LIST_PRICES,
  };
  const event = {
    queue: 'statistics',
    jobId: 'job',
    payload: PAYLOAD as unknown,
    attempt: 1,
    enqueuedAt: NOW - 5_000,
    durationMs: 250,
  };
  return { sink, recording, event };
}

describe('an attempt that ended well', () => {
  it('is one row of the runs, also when it is reported twice', async () => {
    const { sink, recording, event } = setup();

    for (let time = 0; time < 2; time++) await recordOutcome(recording, { ...event, outcome: PUBLISHED });

    expect(sink.rows('export_runs_v1')).toEqual([
      expect.objectContaining({
        run_id: 'job.1',
        started_at: '2026-01-15T11:59:59.750Z',
        finished_at: '2026-01-15T12:00:00.000Z',
        queued_at: '2026-01-15T11:59:55.000Z',
        worker: 'host:1',
        product: 'statistics',
        experiment: 'my-slug',
        period: 'weekly',
        outcome: 'published',
        generation: '7',
        rows: 10,
        source_rows: 13,
        bytes_written: 1_000,
        read_ms: 3,
        publish_ms: 1,
        bytes_billed: 1024 ** 4,
        cost_usd: 0.06,
        price_mode: 'editions',
      }),
    ]);
  });

  it('is a published product where it has written a monitoring table', async () => {
    const { sink, recording, event } = setup();
    const written = { queue: 'monitoring', payload: { version: 1, task: 'query-cost', day: '2026-01-14' } };
    const outcome: JobOutcome = {
      kind: 'written',
      table: 'monitoring.query_cost_v1',
      rows: 3,
      rejected: 1,
      source: 'query-cost',
      sourceVersion: '2026-01-15T00:00:00.000Z',
    };

    await recordOutcome(recording, { ...event, ...written, outcome });

    expect(sink.rows('export_runs_v1')).toEqual([
      expect.objectContaining({
        product: 'query_cost',
        outcome: 'published',
        source: 'query-cost',
        source_version: '2026-01-15T00:00:00.000Z',
        object: 'monitoring.query_cost_v1',
        rows: 3,
        rejected: 1,
        bytes_written: 0,
      }),
    ]);
  });

  it('costs by bytes where bytes are paid for', async () => {
    const { sink, recording, event } = setup();

    await recordOutcome(
      { ...recording, pricing: { ...LIST_PRICES, mode: 'on_demand' } },
      { ...event, outcome: PUBLISHED },
    );

    expect(sink.rows('export_runs_v1')[0]).toMatchObject({ cost_usd: 6.25, price_mode: 'on_demand' });
  });
});

describe('an attempt that failed', () => {
  it('that somebody cancelled is a run, and no error of the experiment', async () => {
    const { sink, recording, event } = setup();

    const error = new ContrailError('CANCELLED', 'The job was cancelled while it was running.');
    await recordFailure(recording, { ...event, error, final: true });

    expect(sink.rows('logs')).toEqual([]);
    expect(sink.rows('export_runs_v1')).toMatchObject([{ outcome: 'cancelled', error_code: 'CANCELLED' }]);
  });

  it('is an ERROR once for each attempt, however often that is reported, and a row of the runs', async () => {
    const { sink, recording, event } = setup();
    const error = new ContrailError('RESULTS_MISSING', 'There are no results.', { hint: 'Look.' });

    for (const attempt of [1, 1, 2]) await recordFailure(recording, { ...event, attempt, error, final: attempt === 2 });

    expect(sink.rows('logs')).toHaveLength(2);
    expect(sink.rows('logs')[0]).toMatchObject({
      experiment: 'my-slug',
      log_level: 'ERROR',
      message: 'There are no results. Look.',
      exception: 'There are no results.',
      exception_type: 'ResultsMissingException',
      source: 'contrail',
      analysis_period: 'weekly',
    });
    expect(sink.rows('export_runs_v1').map((row) => [row['outcome'], row['failure_class'], row['error_code']])).toEqual(
      [
        ['retrying', 'content', 'RESULTS_MISSING'],
        ['failed', 'content', 'RESULTS_MISSING'],
      ],
    );
  });

  it('shows the rows to blame in the message, and tells the errors file of the experiment', async () => {
    const { sink, recording, event } = setup();
    const error = new ContrailError('ROWS_REFUSED', 'Too many.', {
      hint: 'Look.',
      evidence: 'The first one: {}',
      exceptionType: 'InvalidStatisticException',
    });

    await recordFailure(recording, { ...event, error, final: true });

    expect(sink.rows('logs')[0]).toMatchObject({
      message: 'Too many. Look. The first one: {}',
      exception: 'Too many.',
      source: 'jetstream',
      exception_type: 'InvalidStatisticException',
    });
  });

  it('is recorded again when it fails again after the job was renewed', async () => {
    const { sink, recording, event } = setup();
    const error = new ContrailError('RESULTS_MISSING', 'There are no results.');

    await recordFailure(recording, { ...event, error, final: true });
    await recordFailure(recording, { ...event, enqueuedAt: NOW, error, final: true });

    expect(sink.rows('logs')).toHaveLength(2);
    expect(sink.rows('export_runs_v1')).toHaveLength(2);
  });

  it('hands over both of its rows before it waits for either', async () => {
    const { recording, event } = setup();
    const handed: string[] = [];
    const silent = {
      append: ({ table }: RecordBatch) => {
        handed.push(table);
        return new Promise<never>(() => {});
      },
    };

    void recordFailure(
      { ...recording, sink: silent },
      { ...event, error: new ContrailError('INTERNAL', 'Odd.'), final: true },
    );

    expect(handed.toSorted()).toEqual(['export_runs_v1', 'logs']);
  });

  it('is told to the log where it cannot be recorded, and never fails the job', async () => {
    const { recording, event } = setup();
    const broken = { append: () => Promise.reject(new Error('away')) };

    const error = new ContrailError('INTERNAL', 'Odd.');
    await recordFailure({ ...recording, sink: broken }, { ...event, error, final: true });

    expect(recording.log.lines.some((line) => line.level === 'error')).toBe(true);
  });

  it('leaves no row when nobody knows what the job was about', async () => {
    const { sink, recording, event } = setup();

    await recordFailure(recording, {
      ...event,
      payload: 'odd',
      error: new ContrailError('PAYLOAD_INVALID', 'Odd.'),
      final: true,
    });

    expect(sink.rows('logs')).toEqual([]);
  });
});
