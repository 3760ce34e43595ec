import { describe, expect, it } from 'vitest';
import { MemoryMonitoringReader } from '../../../src/adapters/memory/monitoring-reader.ts';
import { ContrailError } from '../../../src/domain/errors.ts';
import type { JobState, KnownJob } from '../../../src/ports/job-queue.ts';
import { fileStates } from '../../../src/producer/file-states.ts';
import { statisticsFiles } from '../../../src/producer/statistics-files.ts';
import { METADATA } from '../../../src/domain/object-metadata.ts';
import { STATISTICS_JOB } from '../../../src/jobs/statistics-job.ts';
import { CHANGED_AT, makePlanWorld, VERSION } from '../../support/plan-world.ts';

const TABLE = 'statistics_my_slug_weekly';

function setup() {
  const world = makePlanWorld();
  world.api.replace([{ slug: 'my-slug' }]);
  world.tables([TABLE]);
  const history = { reader: new MemoryMonitoringReader(world.sink), now: CHANGED_AT };
  return {
    ...world,
    history,
    states: async () => fileStates(statisticsFiles(await world.plan()), { queue: world.queue, history }, world.never),
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

  it('is gone where its tables were deleted, and needs a look once they are away longer than a rerun takes', async () => {
    const { source, publish, states, time } = setup();
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
    const { source, publish, tables, states, time } = setup();
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

    expect(await fileStates(statisticsFiles(await plan()), { queue: undefined, history }, never)).toEqual([
      expect.objectContaining({ state: 'never' }),
    ]);
  });

  it('is failed where the queue has forgotten a failure that the monitoring table keeps, and says why', async () => {
    const { plan, sink, history, never } = setup();
    const [due] = statisticsFiles(await plan()).due;
    const row = { run_id: 'a', queue: 'statistics', job_id: due?.jobId() ?? '', finished_at: '2026-01-15T01:00:00Z' };
    const end = { attempt: 1, outcome: 'failed', error_code: 'ROWS_REFUSED', error_message: 'Too many rows.' };
    await sink.append({ id: 'a', table: 'export_runs_v1', rows: [{ ...row, ...end }] }, never);

    expect(await fileStates(statisticsFiles(await plan()), { queue: undefined, history }, never)).toEqual([
      expect.objectContaining({ state: 'failed', detail: 'Too many rows.' }),
    ]);
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

    expect(await fileStates(statisticsFiles(await plan()), { queue, history }, never)).toEqual([
      expect.objectContaining({ state }),
    ]);
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
