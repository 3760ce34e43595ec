import { describe, expect, it } from 'vitest';
import { JOB_KINDS } from '../../../src/jobs/job-kinds.ts';
import { MONITORING_JOB } from '../../../src/jobs/monitoring-job.ts';
import type { JobKind } from '../../../src/jobs/job-kind.ts';
import { STATISTICS_JOB } from '../../../src/jobs/statistics-job.ts';
import { NO_ENVELOPE } from '../../../src/queue/job-envelope.ts';
import { ParkedJobs, parkUnknown } from '../../../src/queue/parked-job.ts';
import { recordedLog } from '../../support/recorded-log.ts';

const POLICY = { firstDelayMs: 10_000, longestDelayMs: 600_000 };
const NOW = 1_000_000;

function park(payload: unknown, kind: JobKind<unknown> = STATISTICS_JOB, parked?: { times: number; since: number }) {
  const job = { id: 'a', queue: kind.queue, charged: 0, attempts: 6, crashes: 0 };
  const envelope = {
    ...NO_ENVELOPE,
    payload,
    ...(parked === undefined ? {} : { parked: { ...parked, reason: 'before' } }),
  };
  return parkUnknown({ ...job, envelope }, kind, { policy: POLICY, now: NOW, random: { fraction: () => 1 } });
}

describe('a job', () => {
  it.each(JOB_KINDS.map((kind) => [kind.queue, kind] as const))('of %s waits if its version is unknown', (_, kind) => {
    const step = park({ version: 99, anything: { else: [] } }, kind);

    expect(step).toMatchObject({
      verdict: { kind: 'snooze', delayMs: 10_000 },
      envelope: { payload: { version: 99 }, parked: { times: 1, since: NOW } },
    });
    expect(step?.note).toContain(`does not know version 99 of the payloads of the queue ${kind.queue}`);
  });

  it('waits if its task is unknown, which is quoted and cut', () => {
    const step = park({ version: 1, task: `tidy\n\u001b[31m${'x'.repeat(150)}` }, MONITORING_JOB);

    expect(step?.note).toContain('does not know the task "tidy\\n');
    expect(step?.note?.length).toBeLessThan(400);
    expect(Array.from(step?.note ?? '').filter((character) => character < ' ')).toEqual([]);
  });

  it('waits longer and longer, up to ten minutes, and is noted once', () => {
    const steps = [1, 2, 3, 7, 100].map((times) => park({ version: 2 }, STATISTICS_JOB, { times, since: 5 }));

    expect(steps.map((step) => step?.verdict)).toEqual(
      [20_000, 40_000, 80_000, 600_000, 600_000].map((delayMs) => ({ kind: 'snooze', delayMs })),
    );
    expect(steps.map((step) => [step?.note, step?.envelope?.parked?.since])).toEqual(steps.map(() => [undefined, 5]));
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'version 2'],
    ['no version', { experiment: 'x' }],
    ['a version that is no whole number', { version: 1.5 }],
    ['a version below 1', { version: 0 }],
    ['a version as text', { version: '2' }],
    ['a known version and a field that is wrong', { version: 1, experiment: '' }],
    ['a task of a megabyte', { version: 1, task: 'x'.repeat(1_000_000) }],
  ])('with %s as its payload does not wait, because no version can do it', (_, payload) => {
    expect(park(payload)).toBeUndefined();
    expect(park(payload, MONITORING_JOB)).toBeUndefined();
  });
});

it('warns once of each reason', () => {
  const log = recordedLog();
  const jobs = new ParkedJobs(log);

  for (const reason of ['one', 'two', 'one', 'two']) jobs.tell({ queue: 'q', id: 'a' }, reason);

  expect(log.lines.map(({ level, fields }) => [level, fields])).toMatchObject([
    ['warn', { queue: 'q', jobId: 'a', problem: 'one' }],
    ['warn', { problem: 'two' }],
  ]);
});
