import { describe, expect, it } from 'vitest';
import { MemoryJobQueue } from '../../../../src/adapters/memory/job-queue.ts';
import { MemoryQueueRest } from '../../../../src/adapters/memory/queue-rest.ts';
import { MemoryQueueWatch } from '../../../../src/adapters/memory/queue-watch.ts';
import { VirtualClock } from '../../../../src/adapters/memory/virtual-clock.ts';
import { PrometheusMetrics } from '../../../../src/adapters/prometheus/metrics.ts';
import { Observation } from '../../../../src/app/observe/observation.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import type { JobOutcome } from '../../../../src/domain/outcome.ts';
import { LIST_PRICES } from '../../../../src/domain/query-cost-price.ts';
import { readMetrics } from '../../../support/prometheus-text.ts';
import { recordedLog } from '../../../support/recorded-log.ts';

const never = new AbortController().signal;
const ATTEMPT = { queue: 'statistics', jobId: 'a', payload: {}, attempt: 1, enqueuedAt: 0, durationMs: 250 };
const PUBLISHED: JobOutcome = {
  kind: 'published',
  object: 'o',
  location: 'gs://b/o',
  source: 's',
  sourceVersion: 'v',
  rows: 10,
  rejected: 1,
  dropped: 2,
  duplicates: 3,
  bytes: 1_000,
  warnings: [],
  durationMs: 5,
  readMs: 3,
  publishMs: 1,
  usage: { requests: 2, bytesRead: 100, bytesBilled: 200, slotMs: 3_600_000, queryMs: 40 },
};
const REDIS_AWAY = new ContrailError('REDIS_UNREACHABLE', 'Redis does not answer.', { hint: 'Start it.' });

function setup() {
  const clock = new VirtualClock(Date.parse('2026-01-15T12:00:00Z'));
  const queue = new MemoryJobQueue({ clock });
  const watch = new MemoryQueueWatch({ jobs: queue.jobs, queues: ['statistics', 'errors'], clock });
  const log = recordedLog();
  let sent = 0;
  const observation = new Observation({
    metrics: new PrometheusMetrics({ measuresProcess: false }),
    watch,
    commandsSent: () => sent,
    clock,
    log,
  });
  return {
    clock,
    queue,
    watch,
    log,
    observation,
    hooks: observation.attemptHooks(LIST_PRICES),
    send: (commands: number) => (sent += commands),
    read: async () => readMetrics(await observation.metricsText()),
    enqueue: (id: string) => queue.enqueue('statistics', [{ id, name: id, payload: {} }], never),
  };
}

describe('jobs of another version of Contrail', () => {
  it('are counted, and keep the process from being ready until none was seen for 15 minutes', async () => {
    const { observation, hooks, clock, read } = setup();
    const reason = 'Contrail 1 does not know version 2.';

    await hooks.onParked({ queue: 'statistics', jobId: 'a', reason });
    await hooks.onOutcome({ ...ATTEMPT, outcome: PUBLISHED });
    const { value } = await read();
    const problems = await observation.problems();
    await clock.advance(16 * 60_000);

    expect(value('contrail_attempts_total', { queue: 'statistics', outcome: 'parked' })).toBe(1);
    expect(problems).toEqual([`statistics payloads: ${reason}`]);
    expect(await observation.problems()).toEqual([]);
  });
});

describe('the metrics of a process', () => {
  it('tell depth, age and readiness of each queue', async () => {
    const { clock, enqueue, queue, read } = setup();
    await enqueue('a');
    await clock.advance(7_000);
    queue.pause('errors');
    const rest = new MemoryQueueRest({ jobs: queue.jobs, queue: 'errors', clock });
    await rest.refused({ ranMs: 0, delaysMs: [1_000] });
    await clock.advance(5_000);

    const { value } = await read();

    expect(value('contrail_queue_jobs', { queue: 'statistics', state: 'waiting' })).toBe(1);
    expect(value('contrail_queue_ready_jobs', { queue: 'statistics' })).toBe(1);
    expect(value('contrail_queue_oldest_job_age_seconds', { queue: 'statistics' })).toBe(12);
    expect(value('contrail_queue_throttled_seconds', { queue: 'errors' })).toBe(5);
    expect(value('contrail_queue_throttled_seconds', { queue: 'statistics' })).toBe(0);
    expect(value('contrail_queue_paused', { queue: 'errors' })).toBe(1);
    expect([value('contrail_redis_up'), value('contrail_ready')]).toEqual([1, 1]);
  });

  it('tell which turns of limits this process has and waits for', async () => {
    const { observation, read } = setup();
    observation.countTurns(() => [{ limit: 'queries', held: 2, waiting: 5 }]);

    const { value } = await read();

    expect(value('contrail_limit_turns', { limit: 'queries', state: 'held' })).toBe(2);
    expect(value('contrail_limit_turns', { limit: 'queries', state: 'waiting' })).toBe(5);
  });

  it('look at the queues once in five seconds, however many scrape', async () => {
    const { clock, observation, watch } = setup();

    await Promise.all(Array.from({ length: 50 }, () => observation.metricsText()));
    for (let probe = 0; probe < 50; probe++) await observation.problems();
    const once = watch.looks;
    await clock.advance(5_000);
    await observation.metricsText();

    expect([once, watch.looks]).toEqual([1, 2]);
  });

  it('have no old numbers of queues while Redis is away, and all others', async () => {
    const { clock, enqueue, watch, read, send } = setup();
    await enqueue('a');
    await read();
    watch.failure = REDIS_AWAY;
    await clock.advance(5_000);
    send(3);

    const { value } = await read();

    expect(value('contrail_queue_jobs', { queue: 'statistics', state: 'waiting' })).toBeUndefined();
    expect([value('contrail_redis_up'), value('contrail_ready')]).toEqual([0, 0]);
    expect(value('contrail_redis_commands_total')).toBe(3);
  });

  it('count attempts with what they read, wrote and cost', async () => {
    const { hooks, observation } = setup();
    const error = new ContrailError('ACCESS_DENIED', 'No.');
    await hooks.onOutcome({ ...ATTEMPT, outcome: PUBLISHED });
    await hooks.onFailure({ ...ATTEMPT, error, final: false });
    await hooks.onFailure({ ...ATTEMPT, error, final: true });
    await hooks.onFailure({ ...ATTEMPT, error: new ContrailError('CANCELLED', 'No.'), final: true });
    await hooks.onThrottled({ ...ATTEMPT, error, restMs: 2_000, times: 1, forMs: 0 });

    const text = await observation.metricsText();
    const { value } = readMetrics(text);

    const queue = 'statistics';
    const outcomes = ['published', 'retried', 'failed', 'cancelled', 'throttled'];
    expect(outcomes.map((outcome) => value('contrail_attempts_total', { queue, outcome }))).toEqual([1, 1, 1, 1, 1]);
    expect(value('contrail_failures_total', { queue, code: 'ACCESS_DENIED' })).toBe(2);
    expect(text).toContain('contrail_attempt_seconds_count{queue="statistics"} 4\n');
    expect(text).toContain('contrail_phase_seconds_count{queue="statistics",phase="read"} 1\n');
    expect(value('contrail_rows_total', { queue })).toBe(10);
    expect(value('contrail_rows_left_out_total', { queue })).toBe(6);
    expect(value('contrail_written_bytes_total', { queue })).toBe(1_000);
    expect(value('contrail_billed_bytes_total', { queue })).toBe(200);
    expect(value('contrail_cost_usd_total', { queue })).toBe(0.06);
    expect(value('contrail_throttled_rest_seconds_total', { queue })).toBe(2);
  });

  it('count passes of services', async () => {
    const { observation, read } = setup();
    observation.passed({ service: 'scan', durationMs: 10 });
    observation.passed({ service: 'scan', durationMs: 10, error: REDIS_AWAY });

    const { value } = await read();

    expect(value('contrail_service_passes_total', { service: 'scan', result: 'done' })).toBe(1);
    expect(value('contrail_service_passes_total', { service: 'scan', result: 'failed' })).toBe(1);
  });
});

describe('a process that cannot work', () => {
  it('says why and what to do while Redis is away, and logs it once', async () => {
    const { clock, watch, observation, log } = setup();
    watch.failure = REDIS_AWAY;

    const away = [await observation.problems(), await observation.problems()];
    watch.failure = undefined;
    await clock.advance(5_000);
    const back = await observation.problems();

    expect(away).toEqual([['Redis does not answer. Start it.'], ['Redis does not answer. Start it.']]);
    expect(back).toEqual([]);
    expect(log.lines.map(({ level, text }) => [level, text])).toEqual([
      ['warn', 'not ready'],
      ['info', 'ready again'],
    ]);
  });

  it('says that nobody takes the jobs of a queue', async () => {
    const { clock, enqueue, observation } = setup();
    await enqueue('a');
    await observation.problems();
    await clock.advance(65_000);

    expect(await observation.problems()).toEqual([
      expect.stringContaining('No worker takes jobs of statistics: 1 job is ready'),
    ]);
  });

  it('names what an operator must end, until an attempt of the queue succeeds or nothing is heard for a quarter of an hour', async () => {
    const { clock, hooks, observation } = setup();
    const denied = new ContrailError('ACCESS_DENIED', 'No right to write.', { hint: 'Grant it.' });
    const fail = () => hooks.onFailure({ ...ATTEMPT, error: denied, final: true });
    await hooks.onFailure({ ...ATTEMPT, error: new ContrailError('ROWS_REFUSED', 'Bad rows.'), final: true });
    const content = await observation.problems();
    await fail();
    const failed = await observation.problems();
    await hooks.onOutcome({ ...ATTEMPT, outcome: PUBLISHED });
    const done = await observation.problems();
    await fail();
    await clock.advance(16 * 60_000);

    expect([content, failed, done]).toEqual([[], ['statistics: No right to write. Grant it.'], []]);
    expect(await observation.problems()).toEqual([]);
  });

  it('names a service that has not answered several attempts, and not one that failed once', async () => {
    const { hooks, observation } = setup();
    const error = new ContrailError('SERVICE_UNAVAILABLE', 'BigQuery did not answer.');
    const failed = async (attempt: number, final = false) => {
      await hooks.onFailure({ ...ATTEMPT, attempt, error, final });
      return observation.problems();
    };

    const first = await failed(1);
    const third = await failed(3);
    await hooks.onOutcome({ ...ATTEMPT, outcome: PUBLISHED });
    const back = await observation.problems();

    expect([first, third, back]).toEqual([[], ['statistics: BigQuery did not answer.'], []]);
    expect(await failed(1, true)).toEqual(third);
  });

  it('names a job that takes very long while no other ends well, and a pass that does', async () => {
    const { clock, hooks, observation } = setup();
    const slow = { ...ATTEMPT, durationMs: 15 * 60_000 };
    await hooks.onOutcome({ ...ATTEMPT, outcome: PUBLISHED });
    await clock.advance(14 * 60_000);
    hooks.onSlow(slow);
    const besideOthers = await observation.problems();
    await clock.advance(60_000);
    hooks.onSlow(slow);
    const alone = await observation.problems();
    await hooks.onOutcome({ ...ATTEMPT, outcome: PUBLISHED });
    observation.passing({ service: 'scan', durationMs: 15 * 60_000 });
    const scan = await observation.problems();
    observation.passed({ service: 'scan', durationMs: 16 * 60_000 });

    expect(besideOthers).toEqual([]);
    expect(alone).toEqual([expect.stringMatching(/^statistics: The job a has run for 15 min.*answer slowly.*doctor/)]);
    expect(scan).toEqual([expect.stringMatching(/^scan: A pass has run for 15 min.*doctor/)]);
    expect(await observation.problems()).toEqual([]);
  });

  it('says so while it stops, and logs nothing', async () => {
    const { observation, log } = setup();

    observation.stopping();

    expect(await observation.problems()).toEqual(['This process is stopping.']);
    expect(log.lines).toEqual([]);
  });
});
