import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { MemoryJobQueue, type MemoryJobHandler } from '../../../../src/adapters/memory/job-queue.ts';
import { followJobs, followUntilStopped, type FollowRequest } from '../../../../src/app/follow/follow-jobs.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import type { JobOutcome } from '../../../../src/domain/outcome.ts';

const QUEUE = 'statistics';
const never = new AbortController().signal;
const SKIPPED: JobOutcome = { kind: 'skipped', reason: 'nothing to do' };

const goodOrBad: MemoryJobHandler = async (_payload, { jobId }) => {
  if (jobId.startsWith('bad')) throw new ContrailError('RESULTS_MISSING', 'No table.');
  return SKIPPED;
};

async function setup(...ids: readonly string[]) {
  const queue = new MemoryJobQueue({ clock: { now: () => 0 } });
  await queue.enqueue(
    QUEUE,
    ids.map((id) => ({ id, name: `name of ${id}`, payload: {} })),
    never,
  );
  const follow = (options: Partial<FollowRequest> & { readonly ids?: readonly string[] } = {}) => ({
    queue,
    jobs: (options.ids ?? ids).map((id) => ({ queue: QUEUE, id })),
    clock: systemClock,
    signal: never,
    onProgress: () => undefined,
    ...options,
  });
  return { queue, follow };
}

describe('following jobs', () => {
  it('reports jobs that had ended before it began, and those that are gone as failed', async () => {
    const { queue, follow } = await setup('good', 'bad');
    await queue.run(QUEUE, goodOrBad);

    const report = await followJobs(follow({ ids: ['good', 'bad', 'gone'] }));

    expect(report).toMatchObject({ done: 1, unchanged: 1, open: 0 });
    expect(report.failures.map(({ name, code }) => [name, code])).toEqual([
      ['name of bad', 'RESULTS_MISSING'],
      ['gone', 'JOB_LOST'],
    ]);
  });

  it('tells each job that ends meanwhile once, and how many have ended', async () => {
    const { queue, follow } = await setup('a', 'b');
    const ended: string[] = [];
    const progress: number[] = [];

    const report = await followJobs(
      follow({
        onProgress: (count) => {
          progress.push(count);
          void queue.run(QUEUE, goodOrBad);
        },
        onEnded: ({ id }) => ended.push(id),
      }),
    );

    expect([ended.toSorted(), progress.at(0), progress.at(-1)]).toEqual([['a', 'b'], 0, 2]);
    expect(report).toMatchObject({ done: 2, open: 0 });
  });

  it('counts what stays open when it is stopped', async () => {
    const { queue, follow } = await setup('good', 'later');
    const stop = new AbortController();
    await queue.run(QUEUE, async (_payload, { jobId }) =>
      jobId === 'later' ? { kind: 'snoozed', reason: 'not yet', delayMs: 1_000 } : SKIPPED,
    );
    const request = follow({ signal: stop.signal, onProgress: () => stop.abort() });

    expect(await followUntilStopped(request)).toMatchObject({ done: 1, open: 1 });
    await expect(followJobs(request)).rejects.toThrow('aborted');
  });

  it('has nothing to wait for without jobs', async () => {
    const { follow } = await setup();

    expect(await followJobs(follow())).toEqual({ done: 0, unchanged: 0, failures: [], open: 0 });
  });
});
