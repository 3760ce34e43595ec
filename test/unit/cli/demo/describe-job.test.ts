import { expect, it } from 'vitest';
import { describeEndedJob } from '../../../../src/cli/demo/describe-job.ts';
import type { KnownJob } from '../../../../src/ports/job-queue.ts';

function endedJob(parts: Partial<KnownJob>): KnownJob {
  const times = { enqueuedAt: 0, finishedAt: 1, attempts: 1 };
  return { id: '1', queue: 'statistics', name: 'my-slug weekly', state: 'completed', payload: {}, ...times, ...parts };
}

it.each([
  [
    { result: { kind: 'published', rows: 1, bytes: 2, durationMs: 3 } },
    'published     my-slug weekly  (1 row, 2 B, 3 ms)',
  ],
  [{ result: { kind: 'skipped', reason: 'the file is current' } }, 'nothing to do my-slug weekly: the file is current'],
  [
    { result: { kind: 'superseded', reason: 'a newer file is there' } },
    'superseded    my-slug weekly: a newer file is there',
  ],
  [
    { result: { kind: 'written', table: 'monitoring.alerts_v1', rows: 3 } },
    'written       my-slug weekly  (3 rows of monitoring.alerts_v1)',
  ],
  [{ state: 'failed' } as const, 'refused       my-slug weekly: unknown reason'],
])('tells in plain words how a job ended: %j', (parts, line) => {
  expect(describeEndedJob(endedJob(parts))).toBe(line);
});
