import { describe, expect, it } from 'vitest';
import { MemoryMetricHub } from '../../../../src/adapters/memory/metric-hub.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import type { MetadataPayload } from '../../../../src/jobs/metadata-job.ts';
import { ConfigurationLoader } from '../../../../src/workers/metadata/configuration-loader.ts';
import { handleMetadataJob } from '../../../../src/workers/metadata/metadata-handler.ts';
import { DATA_SOURCE, metric } from '../../../support/metadata-world.ts';
import { makeStatisticsWorld, NOW } from '../../../support/statistics-world.ts';

const OBJECT = 'metadata/metadata_my_slug.json';
const MINUTE = 60_000;
const RECORD = {
  slug: 'my-slug',
  appName: 'fenix',
  startDate: '2026-01-01',
  endDate: null,
  enrollmentEndDate: null,
  proposedEnrollment: 7,
  referenceBranch: 'control',
  branches: [],
  bucketConfig: { namespace: 'n', randomizationUnit: 'u', start: 0, count: 1, total: 10 },
  outcomes: [],
  segments: [],
};

function setup() {
  const world = makeStatisticsWorld();
  world.api.replace([RECORD]);
  const metricHub = new MemoryMetricHub();
  metricHub.commit({ 'definitions/fenix.toml': DATA_SOURCE }, 0);
  const deps = {
    ...world.deps,
    experimentsApi: world.api,
    metricHub,
    configurations: new ConfigurationLoader(),
    analysisLeadMs: 30 * MINUTE,
    jobs: world.queue,
    longestWaitMs: 30 * MINUTE,
  };
  const context = {
    jobId: 'a-job',
    attempt: 1,
    attempts: 6,
    signal: world.never,
    enqueuedAt: NOW,
    failedRounds: 0,
    progress: () => undefined,
    log: () => undefined,
  };
  const payload: MetadataPayload = {
    version: 1,
    experiment: 'my-slug',
    sourceVersion: 'f0000000000000001',
    analysisStart: null,
    reason: 'new',
    force: false,
  };
  return {
    ...world,
    enqueue: (queue: string, id: string) => world.queue.enqueue(queue, [{ id, name: id, payload: {} }], world.never),
    metricHub,
    handle: (after: MetadataPayload['after'] = [], waitedMs = 0) =>
      handleMetadataJob(deps, { ...payload, after }, { ...context, waitedMs }),
  };
}

describe('a metadata job', () => {
  it('publishes at once where no results are on their way', async () => {
    const { handle, head } = setup();

    const outcome = await handle([{ queue: 'statistics', id: 'long-gone' }]);

    expect(outcome).toMatchObject({ kind: 'published', object: OBJECT });
    expect(await head(OBJECT)).toBeDefined();
  });

  it('tells of U+0000 in the outcome and as a WARNING', async () => {
    const { handle, metricHub, sink, textOf } = setup();
    const text = `[metrics]\nweekly = ["a"]\n${metric('a', 'friendly_name = "x\\u0000y"')}`;
    metricHub.commit({ 'definitions/fenix.toml': DATA_SOURCE, 'jetstream/defaults/fenix.toml': text }, 1);

    const outcome = await handle();

    const message =
      'In metric-hub, friendly_name of metric "a" has the character U+0000, which Experimenter cannot store. ' +
      'The metadata file has U+FFFD (�) instead.';
    expect(outcome).toMatchObject({ kind: 'published', warnings: [{ kind: 'nul', message }] });
    expect(await textOf(OBJECT)).toContain('"friendly_name":"x\ufffdy"');
    expect(sink.rows('logs')).toMatchObject([{ log_level: 'WARNING', experiment: 'my-slug', message }]);
  });

  it('is put off while results of its experiment are on their way', async () => {
    const { handle, enqueue, head } = setup();
    await enqueue('statistics', 'results');

    const outcome = await handle([{ queue: 'statistics', id: 'results' }]);

    expect(outcome).toMatchObject({ kind: 'snoozed', delayMs: 1_000 });
    expect(await head(OBJECT)).toBeUndefined();
  });

  it('goes on when they have ended, well or not', async () => {
    const { handle, enqueue, queue } = setup();
    await enqueue('statistics', 'good');
    await enqueue('errors', 'bad');
    await queue.run('statistics', async () => ({ kind: 'skipped', reason: 'done' }));
    await queue.run('errors', () => Promise.reject(new ContrailError('ACCESS_DENIED', 'No.')));

    const outcome = await handle([
      { queue: 'statistics', id: 'good' },
      { queue: 'errors', id: 'bad' },
    ]);

    expect(outcome).toMatchObject({ kind: 'published' });
  });

  it('waits by the clock of the queue, wherever that of its worker stands', async () => {
    const { handle, enqueue, time } = setup();
    await enqueue('statistics', 'results');
    time.now = NOW - 60 * MINUTE;

    const outcome = await handle([{ queue: 'statistics', id: 'results' }], 30 * MINUTE);

    expect(outcome).toMatchObject({ kind: 'published' });
  });

  it('waits less often the longer it waits, and no longer than the longest wait', async () => {
    const { handle, enqueue } = setup();
    await enqueue('statistics', 'results');
    const after = [{ queue: 'statistics', id: 'results' }];

    const soon = await handle(after, MINUTE);
    const late = await handle(after, 29 * MINUTE);
    const atLast = await handle(after, 30 * MINUTE);

    expect([soon, late]).toMatchObject([
      { kind: 'snoozed', delayMs: 15_000 },
      { kind: 'snoozed', delayMs: 30_000 },
    ]);
    expect(atLast).toMatchObject({ kind: 'published' });
  });
});
