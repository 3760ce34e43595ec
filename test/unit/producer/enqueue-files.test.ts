import { describe, expect, it } from 'vitest';
import { ContrailError, type ErrorCode } from '../../../src/domain/errors.ts';
import { STATISTICS_JOB, StatisticsPayload } from '../../../src/jobs/statistics-job.ts';
import { CHANGED_AT, makePlanWorld } from '../../support/plan-world.ts';
import { NOW } from '../../support/statistics-world.ts';

const TABLE = 'statistics_my_slug_weekly';
const ID = `my_slug.weekly.${CHANGED_AT}`;
const MINUTE = 60_000;

function setup() {
  const world = makePlanWorld();
  world.api.replace([{ slug: 'my-slug' }]);
  world.tables([TABLE]);
  return {
    ...world,
    /** Plans and enqueues, as a scan does. */
    scan: async (options?: { retryFailed: boolean }) => {
      const { due } = await world.plan();
      const { enqueued, skipped } = await world.enqueue(due, options);
      return { enqueued: enqueued.map((entry) => entry.jobId), skipped: skipped.map((entry) => entry.reason) };
    },
    /** Lets what waits fail for good. */
    fail: (code: ErrorCode) =>
      world.queue.run(STATISTICS_JOB.queue, () => Promise.reject(new ContrailError(code, `It is ${code}.`))),
    /** As workers leave a job whose payload they do not know. */
    park: (payload: unknown) => {
      const stored = world.queue.jobs.of(STATISTICS_JOB.queue).jobs.get(ID);
      if (stored === undefined) throw new Error('nothing to park');
      stored.state = 'delayed';
      stored.envelope = { ...stored.envelope, payload, parked: { times: 1, since: 0, reason: 'Unknown.' } };
    },
    complete: () => world.queue.run(STATISTICS_JOB.queue, async () => ({ kind: 'skipped', reason: 'x' })),
    job: async (id = ID) => {
      const [job] = await world.queue.find(STATISTICS_JOB.queue, [id], world.never);
      return { ...job, payload: StatisticsPayload.parse(job?.payload) };
    },
  };
}

describe('what is due', () => {
  it('becomes one job, with all that its export needs', async () => {
    const { scan, job } = setup();

    const report = await scan();

    expect(report).toEqual({ enqueued: [ID], skipped: [] });
    expect(await job()).toMatchObject({
      name: 'my-slug weekly',
      payload: {
        version: 1,
        experiment: 'my-slug',
        period: 'weekly',
        knownBy: 'api',
        sourceVersion: '2026-01-15T00:00:00.000Z',
        seen: { generation: 'absent', metadata: {} },
        reason: 'new',
        force: false,
      },
    });
  });

  it('takes the place of a job that workers put off because another version of Contrail made it', async () => {
    const { scan, job, park } = setup();
    await scan();
    park({ version: 1 });
    const same = await scan();
    park({ version: 2, experiment: 'my-slug' });

    const other = await scan();

    expect(same).toEqual({ enqueued: [], skipped: ['already queued'] });
    expect(other).toEqual({ enqueued: [ID], skipped: [] });
    expect(await job()).toMatchObject({ state: 'waiting', payload: { version: 1, reason: 'new' } });
  });

  it('is enqueued once, however often it is planned', async () => {
    const { scan, queue } = setup();
    await scan();

    const again = await scan();

    expect(again).toEqual({ enqueued: [], skipped: ['already queued'] });
    expect(await queue.counts(STATISTICS_JOB.queue)).toMatchObject({ waiting: 1 });
  });

  it('is enqueued once by two producers at the same time', async () => {
    const { plan, enqueue, queue } = setup();
    const { due } = await plan();

    const reports = await Promise.all([enqueue(due), enqueue(due), enqueue(due)]);

    expect(reports.flatMap((report) => report.enqueued)).toHaveLength(1);
    expect(await queue.counts(STATISTICS_JOB.queue)).toMatchObject({ waiting: 1 });
  });

  it('gets a new id when the table has changed', async () => {
    const { scan, tables } = setup();
    await scan();
    tables([TABLE], CHANGED_AT + 1);

    expect(await scan()).toEqual({ enqueued: [`my_slug.weekly.${CHANGED_AT + 1}`], skipped: [] });
  });

  it('is enqueued again when it was done and the object is gone', async () => {
    const { scan, complete, job } = setup();
    await scan();
    await complete();

    expect(await scan()).toEqual({ enqueued: [ID], skipped: [] });
    expect((await job()).payload.reason).toBe('missing');
  });

  it('is enqueued every time it is forced, under another id', async () => {
    const { plan, enqueue, job } = setup();
    const { due } = await plan({ force: true });

    const first = (await enqueue(due)).enqueued[0]?.jobId ?? '';
    const second = (await enqueue(due)).enqueued[0]?.jobId ?? '';

    expect([first, second]).toEqual(
      Array(2).fill(expect.stringMatching(new RegExp(`^${ID.replaceAll('.', '\\.')}\\.[0-9a-f]{8}$`))),
    );
    expect(first).not.toBe(second);
    expect((await job(first)).payload).toMatchObject({ force: true, reason: 'forced' });
  });

  it('may be nothing', async () => {
    const { enqueue } = setup();

    expect(await enqueue([])).toEqual({ enqueued: [], skipped: [] });
  });
});

describe('a job that failed for good', () => {
  it.each(['ROWS_REFUSED', 'SLUG_CONFLICT', 'USAGE'] as const)(
    'because of %s waits for another version of the table',
    async (code) => {
      const { scan, fail, time, tables } = setup();
      await scan();
      await fail(code);
      time.now += 365 * 24 * 60 * MINUTE;

      expect(await scan()).toEqual({
        enqueued: [],
        skipped: [`failed with this version of the source: It is ${code}.`],
      });
      tables([TABLE], CHANGED_AT + 1);
      expect((await scan()).enqueued).toHaveLength(1);
    },
  );

  it.each(['ACCESS_DENIED', 'TARGET_FULL', 'OBJECT_LOCKED'] as const)(
    'because of %s is tried again after 15 minutes, and says when',
    async (code) => {
      const { scan, fail, time, job } = setup();
      await scan();
      await fail(code);

      expect((await scan()).skipped).toEqual([`failed, retry in 15 min: It is ${code}.`]);
      time.now = NOW + 15 * MINUTE - 1;
      expect((await scan()).skipped).toEqual([`failed, retry in 1 min: It is ${code}.`]);
      time.now = NOW + 15 * MINUTE;
      expect((await scan()).enqueued).toEqual([ID]);
      expect((await job()).payload.reason).toBe('retried');
    },
  );

  it('again and again is tried after 15 minutes, doubling to 6 hours', async () => {
    const { scan, fail, time } = setup();
    await scan();
    const waits: number[] = [];

    for (let round = 0; round < 7; round++) {
      await fail('ACCESS_DENIED');
      const from = time.now;
      while ((await scan()).enqueued.length === 0) time.now += MINUTE;
      waits.push((time.now - from) / MINUTE);
    }

    expect(waits).toEqual([15, 30, 60, 120, 240, 360, 360]);
  });

  it('does not wait an hour longer where the clock is set back by one', async () => {
    const { scan, fail, time } = setup();
    await scan();
    await fail('ACCESS_DENIED');

    time.now -= 60 * MINUTE;

    expect(await scan()).toEqual({ enqueued: [ID], skipped: [] });
    await fail('ACCESS_DENIED');
    expect((await scan()).skipped).toEqual(['failed, retry in 30 min: It is ACCESS_DENIED.']);
  });

  it.each(['ROWS_REFUSED', 'ACCESS_DENIED'] as const)(
    'because of %s is tried at once when a person asks',
    async (code) => {
      const { scan, fail } = setup();
      await scan();
      await fail(code);

      expect(await scan({ retryFailed: true })).toEqual({ enqueued: [ID], skipped: [] });
    },
  );

  it('but is under way again is left alone, also when a person asks', async () => {
    const { scan, fail } = setup();
    await scan();
    await fail('ROWS_REFUSED');
    await scan({ retryFailed: true });

    expect(await scan({ retryFailed: true })).toEqual({ enqueued: [], skipped: ['already queued'] });
  });
});
