import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ContrailError } from '../../../src/domain/errors.ts';
import type { JobHandler } from '../../../src/ports/job-handler.ts';
import type { JobKind } from '../../../src/jobs/job-kind.ts';
import { matchHandlers } from '../../../src/queue/handlers.ts';

const statistics = kindOf('statistics');
const metadata = kindOf('metadata');
const kinds = [statistics, metadata];

function kindOf(queue: string): JobKind<unknown> {
  return {
    queue,
    payload: z.unknown(),
    subject: () => undefined,
    retry: { attempts: 1, firstDelayMs: 1, longestDelayMs: 1 },
  };
}

function handlerOf(kind: JobKind<unknown>): JobHandler<unknown> {
  return { kind, handle: async () => ({ kind: 'skipped', reason: 'it is a test' }) };
}

function failureOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error instanceof ContrailError ? `${error.code}: ${error.sentence}` : error;
  }
}

describe('the handlers of a worker', () => {
  it('are one for each kind of job', () => {
    const handlers = [handlerOf(metadata), handlerOf(statistics)];

    expect(matchHandlers(kinds, handlers).map(({ kind }) => kind.queue)).toEqual(['statistics', 'metadata']);
  });

  it('may be fewer where only some queues are worked on', () => {
    const handlers = matchHandlers(kinds, [handlerOf(metadata)], ['metadata']);

    expect(handlers.map(({ kind }) => kind.queue)).toEqual(['metadata']);
  });

  it('are refused when a kind has none', () => {
    expect(failureOf(() => matchHandlers(kinds, [handlerOf(metadata)]))).toBe(
      'INTERNAL: The queue statistics has no handler.',
    );
  });

  it('are refused when a kind has two', () => {
    const handlers = [handlerOf(metadata), handlerOf(statistics), handlerOf(metadata)];

    expect(failureOf(() => matchHandlers(kinds, handlers))).toBe(
      'INTERNAL: The queue metadata has more than one handler.',
    );
  });

  it('are refused when one is for a kind that does not exist', () => {
    expect(failureOf(() => matchHandlers([statistics], [handlerOf(statistics), handlerOf(metadata)]))).toBe(
      'INTERNAL: A handler is for the queue metadata, which no kind of job has.',
    );
  });

  it('are not looked for on a queue that does not exist: the nearest name is told', () => {
    const failure = failureOf(() => matchHandlers(kinds, kinds.map(handlerOf), ['statistic']));

    expect(failure).toMatch(/^USAGE: There is no queue statistic\. .*statistics.*Queues: statistics, metadata\.$/);
  });
});
