import { describe, expect, it } from 'vitest';
import { foundAgain } from '../../../../src/app/backfills/lost-jobs.ts';

const NONE = { published: 0, unchanged: 0, failed: 0, cancelled: 0, gone: 0 };

const failure = (id: string, code: string) => ({ name: id, jobId: id, code, message: '' });
const report = { done: 2, unchanged: 1, open: 0 };
const seen = { published: 1, unchanged: 0 };

describe('jobs that were removed before they were seen to end', () => {
  it('count as done where the backfill has noted that', () => {
    const failures = [failure('bad', 'RESULTS_MISSING'), failure('b', 'JOB_LOST'), failure('c', 'JOB_LOST')];

    const found = foundAgain({ ...report, failures }, { ended: { ...NONE, published: 2, unchanged: 1 } }, seen);

    expect(found).toEqual({ done: 4, unchanged: 2, open: 0, failures: [failure('bad', 'RESULTS_MISSING')] });
  });

  it('stay lost where it has not, or where they failed', () => {
    const failures = [failure('b', 'JOB_LOST'), failure('c', 'JOB_LOST')];

    const found = foundAgain({ ...report, failures }, { ended: { ...NONE, published: 1, failed: 1, gone: 1 } }, seen);

    expect(found).toEqual({ ...report, failures });
  });
});
