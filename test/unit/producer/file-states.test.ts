import { describe, expect, it } from 'vitest';
import { MemoryMonitoringReader } from '../../../src/adapters/memory/monitoring-reader.ts';
import { ContrailError } from '../../../src/domain/errors.ts';
import type { JobState, KnownJob } from '../../../src/ports/job-queue.ts';
import { type FileState, fileStates } from '../../../src/producer/file-states.ts';
import { statisticsFiles } from '../../../src/producer/statistics-files.ts';
import { METADATA } from '../../../src/domain/object-metadata.ts';
import { STATISTICS_JOB } from '../../../src/jobs/statistics-job.ts';
import { CHANGED_AT, makePlanWorld, VERSION } from '../../support/plan-world.ts';

const HOUR = 3_600_000;
const TABLE = 'statistics_my_slug_weekly';

function hasSource({ state, since }: FileState): boolean {
  return state !== 'missing' && (state !== 'not due' || since !== undefined);
}

/** The source changed so many hours ago. */
function setup(hours = 7) {
  const world = makePlanWorld();
  world.api.replace([{ slug: 'my-slug' }]);
  world.tables([TABLE]);
  const history = { reader: new MemoryMonitoringReader(world.sink), now: CHANGED_AT + hours * HOUR };
  const allStates = async () =>
    fileStates(statisticsFiles(await world.plan()), { queue: world.queue, history, lagMs: 6 * HOUR }, world.never);
  return {
    ...world,
    history,
    allStates,
    /** Of the files that have a source or an object. */
    states: async () => (await allStates()).filter(hasSource),
    scan: async () => world.enqueue((await world.plan()).due),
  };
}

describe('the state of a file', () => {
  it('is never where there is no file, stale where it is older, fresh where it is current', async () => {
    const { states, file } = setup();
    const never = await states();
    await file(TABLE, '2026-01-14T00:00:00.000Z');
    const stale = await states();
    await file(TABLE, VERSION);
    const fresh = await states();

    expect([...never, ...stale, ...fresh]).toEqual(
      ['never', 'stale', 'fresh'].map((state) => ({
        experiment: 'my-slug',
        product: 'statistics',
        period: 'weekly',
        state,
        // When the source changed.
        ...(state === 'fresh' ? {} : { since: Date.parse(VERSION) }),
      })),
    );
  });

  it('is not due where its first source has just appeared, and fresh where a newer one has', async () => {
    const { states, file } = setup(4);
    const first = await states();
    await file(TABLE, '2026-01-14T00:00:00.000Z');
    const second = await states();

    const facts = { experiment: 'my-slug', product: 'statistics', period: 'weekly', since: CHANGED_AT };
    expect(first).toEqual([{ ...facts, state: 'not due', detail: 'first file within 2 h' }]);
    expect(second).toEqual([{ ...facts, state: 'fresh', detail: 'updating' }]);
  });

  it('is missing where results are expected and there are none, not due where none are expected', async () => {
    const { allStates, source, api, time } = setup();
    time.now = CHANGED_AT;
    source.remove(TABLE);
    const record = { slug: 'my-slug', startDate: '2025-12-31', proposedEnrollment: 7, proposedDuration: 28 };
    const statesOn = async (changes: object) => {
      api.replace([{ ...record, ...changes }]);
      return (await allStates()).map(({ period, state }) => `${period} ${state}`);
    };

    const running = await statesOn({});
    const over = await statesOn({ endDate: '2026-01-11' });

    const others = ['preenrollment_weekly not due', 'preenrollment_days28 not due'];
    expect(running).toEqual(['daily missing', 'weekly missing', 'days28 not due', 'overall not due', ...others]);
    expect(over).toEqual(['daily not due', 'weekly not due', 'days28 not due', 'overall not due', ...others]);
  });

  it('is not due where nothing may be published, and says why', async () => {
    const { queue, history, never } = setup();
    const absent = [
      { product: 'metadata', experiment: 'my-slug', isExpected: false, reason: 'the experiment is private' },
    ] as const;

    expect(
      await fileStates({ due: [], skipped: [], refused: [], absent }, { queue, history, lagMs: HOUR }, never),
    ).toEqual([{ product: 'metadata', experiment: 'my-slug', state: 'not due', detail: 'the experiment is private' }]);
  });

  it('is not due where metric-hub leaves the experiment out, and said to be unknown while metric-hub cannot be read', async () => {
    const { allStates, source, api, time, metricHub } = setup();
    time.now = CHANGED_AT;
    source.remove(TABLE);
    const record = { startDate: '2025-12-31', proposedEnrollment: 7, proposedDuration: 28 };
    api.replace(['skipped', 'private', 'analysed'].map((slug) => ({ slug, ...record })));
    const settings = {
      skipped: 'skip = true',
      private: 'is_private = true\ndataset_id = "elsewhere"',
      analysed: 'skip = false',
    };
    const files = Object.entries(settings).map(([slug, line]) => [`jetstream/${slug}.toml`, `[experiment]\n${line}\n`]);
    metricHub.commit(Object.fromEntries(files), CHANGED_AT);
    const weekly = async () => {
      const states = (await allStates()).filter(({ period }) => period === 'weekly');
      return states.map(({ experiment, state, detail }) => [experiment, state, detail]);
    };
    const read = await weekly();
    metricHub.commit({ 'jetstream/analysed.toml': '[experiment' }, CHANGED_AT);
    const unread = await weekly();

    expect(read).toEqual([
      ['analysed', 'missing', undefined],
      ['private', 'not due', undefined],
      ['skipped', 'not due', undefined],
    ]);
    const unknown = ['not due', 'unknown: metric-hub cannot be read'];
    expect(unread).toEqual(['analysed', 'private', 'skipped'].map((experiment) => [experiment, ...unknown]));
  });

  it('is gone for good, and needs nobody, where it belongs to a rolling holdback', async () => {
    const { source, publish, states, api, time } = setup(0);
    time.now = CHANGED_AT;
    const dates = { startDate: '2025-11-01', endDate: '2026-01-15', enrollmentEndDate: '2025-12-25' };
    api.replace([{ slug: 'my-slug', isHoldback: true, ...dates }]);
    source.remove(TABLE);
    await publish('[]', { [METADATA.held]: '2026-01-10T00:00:00.000Z gone' });

    const found = await states();

    expect(found).toMatchObject([{ state: 'gone', detail: 'deleted 5 d ago, file of 15 Jan 2026 stays' }]);
    expect(found[0]).not.toHaveProperty('needsYou');
  });

  it('is gone where its tables were deleted, and needs a look once they are away longer than a rerun takes', async () => {
    const { source, publish, states, time } = setup(0);
    time.now = CHANGED_AT;
    source.remove(TABLE);
    source.setView(TABLE, CHANGED_AT);
    const gone = async (hours: number) => {
      const held = `${new Date(CHANGED_AT - hours * 3_600_000).toISOString()} gone`;
      await publish('[]', { [METADATA.held]: held });
      return states();
    };

    const [three, thirteen] = [await gone(3), await gone(13)];

    const file = { experiment: 'my-slug', product: 'statistics', period: 'weekly', state: 'gone' };
    const since = (hours: number) => CHANGED_AT - hours * 3_600_000;
    expect(three).toEqual([{ ...file, since: since(3), detail: 'deleted 3 h ago, file of 15 Jan 2026 stays' }]);
    expect(thirteen).toMatchObject([{ ...file, since: since(13), needsYou: true }]);
  });

  it('is rebuilding where windows of the file are not back yet', async () => {
    const { source, publish, tables, states, time } = setup(0);
    time.now = CHANGED_AT;
    source.remove(TABLE);
    source.setView(TABLE, CHANGED_AT);
    tables(['statistics_my_slug_week_1', 'statistics_my_slug_week_2', 'statistics_my_slug_week_4']);
    await publish('[]', { [METADATA.windows]: '1-6' });

    expect(await states()).toMatchObject([{ state: 'rebuilding', since: CHANGED_AT, detail: 'weeks 1, 2, 4 of 6' }]);
  });

  it('is queued where its job waits, and tells of attempts that failed', async () => {
    const { states, scan, queue } = setup();
    await scan();
    const waiting = await states();
    await queue.run(STATISTICS_JOB.queue, async (_payload, { attempt }) => {
      if (attempt === 1) throw new ContrailError('OBJECT_LOCKED', 'locked');
      return { kind: 'snoozed', reason: 'later', delayMs: 1000 };
    });

    const delayed = await states();

    expect(waiting).toEqual([expect.objectContaining({ state: 'queued' })]);
    expect(delayed).toEqual([expect.objectContaining({ state: 'queued', detail: 'after 1 failed attempts' })]);
  });

  it('is queued where its job waits for another version of Contrail, with the reason', async () => {
    const { states, scan, queue } = setup();
    await scan();
    for (const job of queue.jobs.of(STATISTICS_JOB.queue).open) {
      job.state = 'delayed';
      job.envelope = { ...job.envelope, parked: { times: 2, since: 7, reason: 'Version 2 is unknown.' } };
    }

    expect(await states()).toMatchObject([{ state: 'queued', since: 7, detail: 'Version 2 is unknown.' }]);
  });

  it('is running where its job is at work, and tells how far it is', async () => {
    const { states, scan, queue } = setup();
    await scan();
    const seen: unknown[] = [];

    await queue.run(STATISTICS_JOB.queue, async (_payload, context) => {
      seen.push(...(await states()));
      context.progress(0.426);
      seen.push(...(await states()));
      return { kind: 'skipped', reason: 'x' };
    });

    const running = { experiment: 'my-slug', product: 'statistics', period: 'weekly', state: 'running' };
    expect(seen).toEqual([
      { ...running, since: expect.any(Number) },
      { ...running, since: expect.any(Number), detail: '43 %' },
    ]);
  });

  it('is failed where its job failed for good, and tells why', async () => {
    const { states, scan, queue } = setup();
    await scan();
    await queue.run(STATISTICS_JOB.queue, () =>
      Promise.reject(new ContrailError('ROWS_REFUSED', 'Too many.', { hint: 'Look.' })),
    );

    expect(await states()).toEqual([expect.objectContaining({ state: 'failed', detail: 'Too many. Look.' })]);
  });

  it('is refused where no job can be made, and tells why', async () => {
    const { states, api } = setup();
    api.replace([{ slug: 'my-slug' }, { slug: 'my.slug' }]);

    expect(await states()).toEqual([
      expect.objectContaining({ experiment: 'my-slug', state: 'never' }),
      expect.objectContaining({
        experiment: 'my.slug',
        state: 'refused',
        detail: expect.stringContaining('share the table'),
      }),
    ]);
  });

  it('is that of its object where there is no queue to ask', async () => {
    const { plan, scan, history, never } = setup();
    await scan();

    const found = await fileStates(
      statisticsFiles(await plan()),
      { queue: undefined, history, lagMs: 6 * HOUR },
      never,
    );

    expect(found.filter(hasSource)).toEqual([expect.objectContaining({ state: 'never' })]);
  });

  it('is failed where the queue has forgotten a failure that the monitoring table keeps, and says why', async () => {
    const { plan, sink, history, never } = setup();
    const [due] = statisticsFiles(await plan()).due;
    const row = { run_id: 'a', queue: 'statistics', job_id: due?.jobId() ?? '', finished_at: '2026-01-15T01:00:00Z' };
    const end = { attempt: 1, outcome: 'failed', error_code: 'ROWS_REFUSED', error_message: 'Too many rows.' };
    await sink.append({ id: 'a', table: 'export_runs_v1', rows: [{ ...row, ...end }] }, never);

    const found = await fileStates(
      statisticsFiles(await plan()),
      { queue: undefined, history, lagMs: 6 * HOUR },
      never,
    );

    expect(found.filter(hasSource)).toEqual([expect.objectContaining({ state: 'failed', detail: 'Too many rows.' })]);
  });

  it.each<[JobState, string]>([
    ['waiting', 'queued'],
    ['delayed', 'queued'],
    ['active', 'running'],
    ['completed', 'never'],
    ['failed', 'failed'],
  ])('with a job that is %s is %s', async (jobState, state) => {
    const { plan, queue, history, never } = setup();
    const job = { queue: 'statistics', name: '', state: jobState, payload: {}, enqueuedAt: 0, attempts: 0 };
    queue.find = async (_queue, ids) => ids.map((id): KnownJob => ({ ...job, id }));

    const states = await fileStates(statisticsFiles(await plan()), { queue, history, lagMs: 6 * HOUR }, never);

    expect(states.filter(hasSource)).toEqual([expect.objectContaining({ state })]);
  });

  it('is told for all files, in the order of experiments', async () => {
    const { states, tables, file } = setup();
    tables(['statistics_b_daily', 'statistics_a_overall', 'statistics_a_daily']);
    await file('statistics_a_daily', VERSION);

    expect((await states()).map((entry) => `${entry.experiment} ${entry.period} ${entry.state}`)).toEqual([
      'a daily fresh',
      'a overall never',
      'b daily never',
      'my-slug weekly never',
    ]);
  });
});
