import { describe, expect, it } from 'vitest';
import { MemoryExperimentLogs } from '../../../../src/adapters/memory/experiment-logs.ts';
import type { ErrorsPayload } from '../../../../src/jobs/errors-job.ts';
import { handleErrorsJob } from '../../../../src/workers/errors/errors-handler.ts';
import { makeStatisticsWorld, NOW } from '../../../support/statistics-world.ts';

const OBJECT = 'errors/errors_my_slug.json';
const ROW = {
  timestamp: '2026-01-15T05:00:00Z',
  experiment: 'my-slug',
  message: 'went wrong',
  log_level: 'ERROR',
  exception: 'ValueError()',
  exception_type: 'ValueError',
  filename: 'analysis.py',
  func_name: 'run',
  source: 'jetstream',
};

function setup() {
  const world = makeStatisticsWorld();
  const deps = { ...world.deps, logs: new MemoryExperimentLogs(world.sink) };
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
  const payload: ErrorsPayload = {
    version: 1,
    experiment: 'my-slug',
    knownBy: 'api',
    sourceVersion: 'f0000000000000001',
    analysisStart: null,
    enrollmentEnd: null,
    reason: 'new',
    force: false,
  };
  return {
    ...world,
    log: (...rows: readonly object[]) =>
      world.sink.append({ id: 'rows', table: 'logs', rows: rows.map((row) => ({ ...ROW, ...row })) }, world.never),
    handle: (changes: Partial<ErrorsPayload> = {}) => handleErrorsJob(deps, { ...payload, ...changes }, context),
  };
}

describe('an errors job', () => {
  it('writes an empty list where there is nothing to say', async () => {
    const { handle, textOf } = setup();

    const outcome = await handle();

    expect(outcome).toMatchObject({ kind: 'published', rows: 0 });
    expect(await textOf(OBJECT)).toBe('[]');
  });

  it('writes the rows since the start of the analysis, and leaves a current file alone', async () => {
    const { handle, log, textOf } = setup();
    await log({ message: 'old', timestamp: '2026-01-10T00:00:00Z' }, { message: 'new' });

    const first = await handle({ analysisStart: '2026-01-15T04:30:00.000Z' });
    const second = await handle({ analysisStart: '2026-01-15T04:30:00.000Z' });

    expect(first).toMatchObject({ kind: 'published', rows: 1 });
    expect(JSON.parse((await textOf(OBJECT)) ?? '')).toMatchObject([{ message: 'new' }]);
    expect(second).toMatchObject({ kind: 'skipped', reason: 'the file is current' });
  });

  it('leaves out what the console would refuse, and logs one ERROR for each kind of fault', async () => {
    const { handle, log, textOf, sink } = setup();
    await log({}, { source: 'elsewhere' }, { source: 'elsewhere', message: 'again' });

    const outcome = await handle();

    expect(outcome).toMatchObject({ kind: 'published', rows: 1, rejected: 2 });
    expect(JSON.parse((await textOf(OBJECT)) ?? '')).toHaveLength(1);
    const ours = sink.rows('logs').filter((row) => row['source'] === 'contrail');
    expect(ours).toMatchObject([{ log_level: 'ERROR', exception_type: 'ErrorRowRefusedException' }]);
  });
});
