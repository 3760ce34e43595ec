import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/adapters/memory/virtual-clock.ts';
import { MemoryJobQueue } from '../../../src/adapters/memory/job-queue.ts';
import { ContrailError } from '../../../src/domain/errors.ts';
import { MONITORING_JOB } from '../../../src/jobs/monitoring-job.ts';
import { enqueueTicks } from '../../../src/producer/monitoring-ticks.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MIDNIGHT = Date.parse('2026-01-15T00:00:00Z');
const SCHEDULE = { importExperimentsMs: 10 * MINUTE, checkAlertsMs: 5 * MINUTE, dailyAfterMs: 3 * HOUR, queries: [] };

function setup(now: number) {
  const time = { now };
  const clock = { now: () => time.now };
  const queue = new MemoryJobQueue({ clock });
  const never = new AbortController().signal;
  return {
    time,
    queue,
    tick: async () => {
      const ids = await enqueueTicks({ queue, clock }, SCHEDULE, never);
      return ids.map((id) => id.slice(0, id.indexOf('.')));
    },
    complete: () => queue.run(MONITORING_JOB.queue, async () => ({ kind: 'skipped', reason: 'done' })),
    fail: () => queue.run(MONITORING_JOB.queue, () => Promise.reject(new ContrailError('ACCESS_DENIED', 'No.'))),
  };
}

describe('repeating work', () => {
  it('is asked for once a tick, however many schedulers ask', async () => {
    const { tick, queue } = setup(MIDNIGHT);

    const first = await tick();
    const second = await tick();

    expect(first).toEqual(['import-experiments', 'check-alerts']);
    expect(second).toEqual([]);
    expect(await queue.counts(MONITORING_JOB.queue)).toMatchObject({ waiting: 2 });
  });

  it('is asked for again at the next tick of its own', async () => {
    const { tick, complete, time } = setup(MIDNIGHT);
    await tick();
    await complete();

    time.now += 5 * MINUTE;
    const afterFive = await tick();
    await complete();
    time.now += 5 * MINUTE;
    const afterTen = await tick();

    expect(afterFive).toEqual(['check-alerts']);
    expect(afterTen).toEqual(['import-experiments', 'check-alerts']);
  });

  it('is asked for though workers put off the tick that another version of Contrail made', async () => {
    const { tick, time, queue } = setup(MIDNIGHT + 4 * HOUR);
    const ticks = await tick();
    for (const job of queue.jobs.of(MONITORING_JOB.queue).open) {
      const version = job.id.startsWith('check-alerts') ? 1 : 2;
      job.state = 'delayed';
      job.dueAt = Infinity;
      job.envelope = { ...job.envelope, payload: { version }, parked: { times: 1, since: 0, reason: 'Unknown.' } };
    }

    time.now += 10 * MINUTE;
    const later = await tick();

    expect(ticks).toEqual(['import-experiments', 'check-alerts', 'query-cost', 'sample-ratio']);
    expect(later).toEqual(['import-experiments', 'query-cost', 'sample-ratio']);
  });

  it('is dropped, not queued, while the work of the tick before goes on', async () => {
    const { tick, time, queue } = setup(MIDNIGHT);
    await tick();

    time.now += 30 * MINUTE;
    const later = await tick();

    expect(later).toEqual([]);
    expect(await queue.counts(MONITORING_JOB.queue)).toMatchObject({ waiting: 2 });
  });
});

describe('daily work', () => {
  it('waits for its hour, and is then asked for once a day', async () => {
    const { tick, complete, time } = setup(MIDNIGHT + 3 * HOUR - 1);
    const before = await tick();
    await complete();

    time.now += 1;
    const atThree = await tick();
    await complete();
    time.now += 20 * HOUR;
    const later = await tick();
    await complete();
    time.now += 4 * HOUR;
    const nextDay = await tick();

    expect(before).not.toContain('query-cost');
    expect(atThree).toEqual(expect.arrayContaining(['query-cost', 'sample-ratio']));
    expect(later).not.toContain('query-cost');
    expect(nextDay).toEqual(expect.arrayContaining(['query-cost', 'sample-ratio']));
  });

  it('is asked for when a scheduler begins late in the day', async () => {
    const { tick } = setup(MIDNIGHT + 20 * HOUR);

    expect(await tick()).toEqual(expect.arrayContaining(['query-cost', 'sample-ratio']));
  });

  it('counts the cost of the day before', async () => {
    const { tick, queue } = setup(MIDNIGHT + 4 * HOUR);

    await tick();

    const jobs = await queue.list(MONITORING_JOB.queue, ['waiting'], 10);
    const payloads = jobs.map((job) => job.payload);
    expect(payloads).toContainEqual({ version: 1, task: 'query-cost', day: '2026-01-14' });
  });

  it('is tried two more times, half an hour apart, when it fails', async () => {
    const { tick, fail, time } = setup(MIDNIGHT + 3 * HOUR);
    const tries: string[][] = [];
    for (const minutes of [0, 29, 1, 30, 30]) {
      time.now += minutes * MINUTE;
      tries.push(await tick());
      await fail();
    }

    const asked = tries.map((tasks) => tasks.includes('query-cost'));

    expect(asked).toEqual([true, false, true, true, false]);
  });
});

describe('repeating work of a scheduler whose clock is set', () => {
  /** Looks every 15 s for some hours, and tells when alerts were checked, in milliseconds since the start. */
  async function checksWhile(setBy: number) {
    const clock = new VirtualClock(MIDNIGHT + 12 * HOUR);
    const queue = new MemoryJobQueue({ clock });
    const { signal } = new AbortController();
    const checks: number[] = [];
    for (let look = 0; look < 3 * 240; look++) {
      if (look === 300) clock.set(clock.now() + setBy);
      const ids = await enqueueTicks({ queue, clock }, SCHEDULE, signal);
      if (ids.some((id) => id.startsWith('check-alerts'))) checks.push(clock.monotonic());
      await queue.run(MONITORING_JOB.queue, async () => ({ kind: 'skipped', reason: 'done' }));
      await clock.advance(15_000);
    }
    return checks;
  }

  it.each([
    ['back', -HOUR],
    ['forward', HOUR],
    ['not at all', 0],
  ])('%s is done neither too late nor too often', async (_, setBy) => {
    const checks = await checksWhile(setBy);

    const pauses = checks.slice(1).map((at, index) => at - (checks[index] ?? 0));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(3 * SCHEDULE.checkAlertsMs);
    expect(checks.length).toBeGreaterThanOrEqual(3 * 12 - 3);
    expect(checks.length).toBeLessThanOrEqual(3 * 12 + 1);
  });

  it('back tries daily work that failed after half an hour at most', async () => {
    const { tick, fail, time } = setup(MIDNIGHT + 12 * HOUR);
    await tick();
    await fail();

    time.now -= HOUR;
    const ids = await tick();

    expect(ids).toContain('query-cost');
  });
});
