import { describe, expect, it } from 'vitest';
import { Standstills, standstillSentence } from '../../../../src/app/observe/standstill.ts';
import type { QueueLook } from '../../../../src/ports/queue-watch.ts';

const LOOK: QueueLook = {
  queue: 'statistics',
  isPaused: false,
  restMs: 0,
  throttledMs: 0,
  jobs: { waiting: 2, prioritized: 1, due: 0, delayed: 5, active: 0, parents: 0, completed: 9, failed: 1 },
  oldestMs: 1_000,
  next: 'a',
};

function setup() {
  let now = 0;
  const standstills = new Standstills({ monotonic: () => now });
  return {
    at: (seconds: number, look: QueueLook = LOOK) => {
      now = seconds * 1_000;
      return standstills.note([look]);
    },
  };
}

describe('a queue that stands still', () => {
  it('is told after a minute in which the same job was next and none ran', () => {
    const { at } = setup();

    expect([at(0), at(30), at(59)]).toEqual([[], [], []]);
    expect(at(61)).toEqual([{ queue: 'statistics', ready: 3, forMs: 61_000 }]);
  });

  it.each([
    ['another job is next', { next: 'b' }],
    ['a job is running', { jobs: { ...LOOK.jobs, active: 1 } }],
    ['it is paused', { isPaused: true }],
    ['it rests', { restMs: 10 }],
    ['nothing is ready', { jobs: { ...LOOK.jobs, waiting: 0, prioritized: 0 } }],
  ])('is not one when %s in between, and is told again only a minute later', (_why, change) => {
    const { at } = setup();
    at(0);

    expect(at(61, { ...LOOK, ...change })).toEqual([]);
    expect(at(62)).toEqual([]);
    expect(at(121)).toEqual([]);
    expect(at(123)).toHaveLength(1);
  });

  it('is told with the remedy', () => {
    expect(standstillSentence({ queue: 'errors', ready: 1, forMs: 61_000 })).toBe(
      'No worker takes jobs of errors: 1 job is ready, and none was taken for 61 s. Start `contrail worker`, or restart the running ones.',
    );
  });
});
