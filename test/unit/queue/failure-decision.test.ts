import { describe, expect, it } from 'vitest';
import { decideFailure } from '../../../src/queue/failure-decision.ts';

describe('what the queue does about a failure', () => {
  it('retries a transient one while attempts are left, and then lets it fail', () => {
    const decisions = [1, 2, 3, 4].map((attempt) => decideFailure({ failureClass: 'transient', attempt, attempts: 3 }));

    expect(decisions).toEqual(['retry', 'retry', 'fail', 'fail']);
  });

  it('lets the queue rest for a throttled one, however many attempts were made', () => {
    const decisions = [1, 3, 99].map((attempt) => decideFailure({ failureClass: 'throttled', attempt, attempts: 3 }));

    expect(decisions).toEqual(['throttle', 'throttle', 'throttle']);
  });

  it.each(['environment', 'content', 'usage'] as const)(
    'fails for good where the cause is one of %s',
    (failureClass) => {
      expect(decideFailure({ failureClass, attempt: 1, attempts: 3 })).toBe('fail');
    },
  );
});
