import { describe, expect, it } from 'vitest';
import { toJobState } from '../../../../src/queue/bullmq/known-job.ts';

describe('the state of a job', () => {
  it('is that of BullMQ in the words of the port', () => {
    const names = ['waiting', 'prioritized', 'waiting-children', 'active', 'delayed', 'completed', 'failed'];

    expect(names.map(toJobState)).toEqual([
      'waiting',
      'waiting',
      'waiting',
      'active',
      'delayed',
      'completed',
      'failed',
    ]);
  });

  it('is none for a job that is gone', () => {
    expect(toJobState('unknown')).toBeUndefined();
  });
});
