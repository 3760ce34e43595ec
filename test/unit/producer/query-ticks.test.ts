import { describe, expect, it } from 'vitest';
import { MemoryJobQueue } from '../../../src/adapters/memory/job-queue.ts';
import { ContrailError, type ErrorCode } from '../../../src/domain/errors.ts';
import type { Cadence } from '../../../src/domain/query-export/query-export.ts';
import { MONITORING_JOB } from '../../../src/jobs/monitoring-job.ts';
import { enqueueTicks } from '../../../src/producer/monitoring-ticks.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MIDNIGHT = Date.parse('2026-01-15T00:00:00Z');
const FIVE_MINUTES: Cadence = { kind: 'every', everyMs: 5 * MINUTE };
const AT_THREE: Cadence = { kind: 'cron', pattern: '0 3 * * *' };

function setup(now: number, cadences: Readonly<Record<string, Cadence>> = { 'my-query': FIVE_MINUTES }) {
  const time = { now };
  const clock = { now: () => time.now };
  const queue = new MemoryJobQueue({ clock });
  const { signal } = new AbortController();
  const schedule = { importExperimentsMs: HOUR, checkAlertsMs: HOUR, dailyAfterMs: 3 * HOUR };
  const scheduled = { cadences };
  const isQuery = (id: string) => id.startsWith('query.');
  return {
    time,
    queue,
    scheduled,
    tick: async () => {
      const queries = Object.entries(scheduled.cadences).map(([name, cadence]) => ({ name, cadence }));
      return (await enqueueTicks({ queue, clock }, { ...schedule, queries }, signal)).filter(isQuery);
    },
    complete: () => queue.run(MONITORING_JOB.queue, async () => ({ kind: 'skipped', reason: 'done' })),
    fail: (code: ErrorCode) => queue.run(MONITORING_JOB.queue, () => Promise.reject(new ContrailError(code, 'No.'))),
  };
}

describe('a configured query', () => {
  it('is asked for once a tick, however many schedulers ask', async () => {
    const { tick, queue } = setup(MIDNIGHT + 7 * MINUTE);

    const asked = [...(await tick()), ...(await tick())];

    expect(asked).toEqual([`query.my-query.${MIDNIGHT + 5 * MINUTE}`]);
    expect((await queue.list(MONITORING_JOB.queue, ['waiting'], 10)).map(({ payload }) => payload)).toContainEqual({
      version: 1,
      task: 'query',
      name: 'my-query',
      tick: MIDNIGHT + 5 * MINUTE,
    });
  });

  it('is dropped when the former run goes on, also if that ends before the next tick', async () => {
    const { tick, complete, time } = setup(MIDNIGHT);
    await tick();

    time.now += 6 * MINUTE;
    const whileRunning = await tick();
    await complete();
    time.now += MINUTE;
    const afterwards = await tick();
    time.now += 3 * MINUTE;
    const next = await tick();

    expect([whileRunning, afterwards]).toEqual([[], []]);
    expect(next).toEqual([`query.my-query.${MIDNIGHT + 10 * MINUTE}`]);
  });

  it('does not wait for another query', async () => {
    const { tick, time, scheduled } = setup(MIDNIGHT, { slow: FIVE_MINUTES });
    await tick();

    scheduled.cadences = { slow: FIVE_MINUTES, other: FIVE_MINUTES };
    time.now += 5 * MINUTE;

    expect(await tick()).toEqual([`query.other.${MIDNIGHT + 5 * MINUTE}`]);
  });

  it('does not catch up ticks that no scheduler saw', async () => {
    const { tick, complete, time } = setup(MIDNIGHT);
    await tick();
    await complete();

    time.now += 24 * HOUR;

    expect(await tick()).toEqual([`query.my-query.${MIDNIGHT + 24 * HOUR}`]);
  });

  it('follows its cron pattern, in UTC', async () => {
    const { tick, complete, time } = setup(MIDNIGHT + 3 * HOUR, { daily: AT_THREE });

    const first = await tick();
    await complete();
    time.now += 24 * HOUR - 1;
    const before = await tick();
    time.now += 1;
    const second = await tick();

    expect([first, before, second]).toEqual([
      [`query.daily.${MIDNIGHT + 3 * HOUR}`],
      [],
      [`query.daily.${MIDNIGHT + 27 * HOUR}`],
    ]);
  });

  it('is asked for, or no longer, as the configuration says', async () => {
    const { tick, complete, time, scheduled } = setup(MIDNIGHT, { one: FIVE_MINUTES, two: FIVE_MINUTES });
    await tick();
    await complete();

    scheduled.cadences = { two: { kind: 'every', everyMs: 10 * MINUTE }, three: FIVE_MINUTES };
    time.now += 5 * MINUTE;

    expect(await tick()).toEqual([`query.three.${MIDNIGHT + 5 * MINUTE}`]);
  });

  it('is tried two more times, half an hour apart, if the failure may pass', async () => {
    const { tick, fail, time } = setup(MIDNIGHT + 3 * HOUR, { daily: AT_THREE });
    const tries: number[] = [];
    for (const minutes of [0, 29, 1, 30, 30]) {
      time.now += minutes * MINUTE;
      tries.push((await tick()).length);
      await fail('ACCESS_DENIED');
    }

    expect(tries).toEqual([1, 0, 1, 1, 0]);
  });

  it('is not tried again if its content has failed', async () => {
    const { tick, fail, time } = setup(MIDNIGHT + 3 * HOUR, { daily: AT_THREE });
    await tick();
    await fail('QUERY_LIMIT');

    time.now += HOUR;

    expect(await tick()).toEqual([]);
  });
});
