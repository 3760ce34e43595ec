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
    waitedMs: 0,
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
    handle: (changes: Partial<ErrorsPayload> = {}, jobId = 'a-job') =>
      handleErrorsJob(deps, { ...payload, ...changes }, { ...context, jobId }),
  };
}

describe('an errors job', () => {
  it('writes an empty list where there is nothing to say', async () => {
    const { handle, textOf } = setup();

    const outcome = await handle();

    expect(outcome).toMatchObject({ kind: 'published', rows: 0 });
    expect(await textOf(OBJECT)).toBe('[]');
  });

  it('takes the newest rows of too many and the beginning of a long text, says so, and is current then', async () => {
    const { handle, log, textOf, sink } = setup();
    const many = Array.from({ length: 10_000 }, () => ({ timestamp: '2026-01-14T05:00:00Z' }));
    await log(...many, { message: '\u{1F600}'.repeat(20_001) });

    const first = await handle();
    const second = await handle({}, 'another-job');

    const entries = JSON.parse((await textOf(OBJECT)) ?? '') as { message: string }[];
    expect([entries.length, entries.at(-1)?.message]).toEqual([10_000, `${'\u{1F600}'.repeat(19_999)}…`]);
    const message =
      'Of memory:logs, only the newest 10000 rows are used, and texts of 1 row are cut to 20000 characters.';
    expect(first).toMatchObject({ rows: 10_000, warnings: [{ kind: 'cut', message }] });
    expect(sink.rows('logs').filter((row) => row['message'] === message)).toMatchObject([
      { log_level: 'WARNING', source: 'contrail' },
    ]);
    expect(second).toMatchObject({ kind: 'skipped', reason: 'the file is current' });
  });

  it('writes the rows since the start of the analysis, and leaves a current file alone', async () => {
    const { handle, log, textOf } = setup();
    await log({ message: 'old', timestamp: '2026-01-10T00:00:00Z' }, { message: 'new' });

    const first = await handle({ analysisStart: '2026-01-15T04:30:00.000Z' });
    const second = await handle({ analysisStart: '2026-01-15T04:30:00.000Z' }, 'another-job');

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

  it('tells of U+0000 and of a metric that Experimenter does not show, in the outcome and as WARNINGs', async () => {
    const { handle, log, sink } = setup();
    await log({ message: 'a\0b' }, { metric: 'experiment' });

    const outcome = await handle();

    const messages = [
      '1 error row contains the character U+0000 (in message), which Experimenter cannot store. The errors file has U+FFFD (�) instead.',
      '1 error concerns a metric named "experiment". Experimenter uses that name for errors without a metric, so it does not show them.',
    ];
    const warnings = ['nul', 'name'].map((kind, index) => ({ kind, message: messages[index] }));
    expect(outcome).toMatchObject({ kind: 'published', rows: 2, rejected: 0, warnings });
    const ours = sink.rows('logs').filter((row) => row['source'] === 'contrail');
    expect(ours).toMatchObject(messages.map((message) => ({ log_level: 'WARNING', experiment: 'my-slug', message })));
  });
});
