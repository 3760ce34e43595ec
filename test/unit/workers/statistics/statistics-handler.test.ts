import { describe, expect, it } from 'vitest';
import { MemoryRecordSink } from '../../../../src/adapters/memory/record-sink.ts';
import type { JobContext } from '../../../../src/ports/job-handler.ts';
import type { StatisticsPayload } from '../../../../src/jobs/statistics-job.ts';
import { handleStatisticsJob } from '../../../../src/workers/statistics/statistics-handler.ts';
import { memoryTable, numberedRows, statisticsRow } from '../../../support/statistics-table.ts';
import { makeStatisticsWorld, NOW, OBJECT, TABLE } from '../../../support/statistics-world.ts';

const PAYLOAD: StatisticsPayload = {
  version: 1,
  experiment: 'my-slug',
  period: 'weekly',
  knownBy: 'api',
  sourceVersion: '2026-01-15T00:00:00.000Z',
  seen: { generation: 'absent', metadata: {} },
  reason: 'new',
  force: false,
};
const ODD_ROWS = [
  statisticsRow({ analysis_basis: null }),
  ...numberedRows(18),
  statisticsRow({ metric: 'metric_000017', point: 2 }),
  statisticsRow({ metric: null }),
];

class BrokenSink extends MemoryRecordSink {
  override append(): Promise<never> {
    return Promise.reject(new Error('warehouse down'));
  }
}

function setup() {
  const world = makeStatisticsWorld();
  world.source.set(TABLE, memoryTable(ODD_ROWS));
  const lines: string[] = [];
  const fractions: number[] = [];
  const context = (attempt: number, enqueuedAt = NOW): JobContext => ({
    jobId: 'a-job',
    attempt,
    attempts: 6,
    signal: world.never,
    enqueuedAt,
    waitedMs: 0,
    failedRounds: 0,
    progress: (fraction) => fractions.push(fraction),
    log: (line) => lines.push(line),
  });
  const handle = (attempt = 1, payload: Partial<StatisticsPayload> = {}, enqueuedAt = NOW) =>
    handleStatisticsJob(world.deps, { ...PAYLOAD, ...payload }, context(attempt, enqueuedAt));
  return { ...world, lines, fractions, handle };
}

describe('a statistics job', () => {
  it('ends with the outcome of its export, having told how far it was and how it ended', async () => {
    const { handle, lines, fractions } = setup();

    const outcome = await handle();

    expect(outcome).toMatchObject({ kind: 'published', rows: 19, rejected: 1, duplicates: 1 });
    expect(fractions).toEqual([1]);
    expect(lines).toEqual([
      expect.stringMatching(`^published ${OBJECT}: 19 rows, \\d+ bytes, 0 ms, 1 left out, 1 duplicates$`),
    ]);
  });

  it('writes one ERROR for refused rows, for the errors file of the experiment, and one WARNING for each oddity', async () => {
    const { handle, sink } = setup();

    await handle();

    const about = {
      experiment: 'my-slug',
      analysis_period: 'weekly',
      filename: 'export-table.ts',
      func_name: 'exportTable',
    };
    expect(sink.rows('logs')).toEqual([
      expect.objectContaining({
        ...about,
        log_level: 'ERROR',
        exception_type: 'InvalidStatisticException',
        source: 'jetstream',
        message: expect.stringMatching(
          /^Left out 1 of 21 rows that Experimenter would reject: metric is null \(1 row\)\. The first one: \{"metric":null,/,
        ),
      }),
      expect.objectContaining({
        ...about,
        log_level: 'WARNING',
        source: 'contrail',
        exception: 'None',
        exception_type: null,
      }),
      expect.objectContaining({
        ...about,
        log_level: 'WARNING',
        source: 'contrail',
        exception: 'None',
        exception_type: null,
      }),
    ]);
  });

  it('writes its log rows once for each attempt, however often that is repeated', async () => {
    const { handle, sink } = setup();
    await handle(1, { force: true });
    await handle(1, { force: true });
    const afterOne = sink.rows('logs').length;

    await handle(2, { force: true });

    expect([afterOne, sink.rows('logs').length]).toEqual([3, 6]);
  });

  it('writes its log rows again when the job was renewed, whose attempts begin at 1 again', async () => {
    const { handle, sink } = setup();
    await handle(1, { force: true });

    await handle(1, { force: true }, NOW + 60_000);

    expect(sink.rows('logs')).toHaveLength(6);
  });

  it('writes no log rows when nothing is odd, or nothing was to be done', async () => {
    const { handle, sink, source, lines } = setup();
    source.set(TABLE, memoryTable(numberedRows(2)));

    await handle();
    const again = await handle(2);

    expect([again.kind, lines[1]]).toEqual(['published', lines[0]]);
    expect(sink.rows('logs')).toEqual([]);
  });

  it('is done also when its log rows cannot be written; the people who run Contrail then read them', async () => {
    const { deps, log, source } = setup();
    source.set(TABLE, memoryTable(ODD_ROWS));
    const sink = new BrokenSink();
    const context = {
      jobId: 'a',
      attempt: 1,
      attempts: 1,
      signal: new AbortController().signal,
      enqueuedAt: 0,
      waitedMs: 0,
      failedRounds: 0,
    };

    const outcome = await handleStatisticsJob({ ...deps, records: { ...deps.records, sink } }, PAYLOAD, {
      ...context,
      progress: () => {},
      log: () => {},
    });

    expect(outcome.kind).toBe('published');
    expect(log.lines).toEqual([
      {
        level: 'error',
        text: 'log records could not be written',
        fields: { problem: 'warehouse down', rows: [expect.anything(), expect.anything(), expect.anything()] },
      },
    ]);
  });
});
