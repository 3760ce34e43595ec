import { describe, expect, it } from 'vitest';
import { subjectOf } from '../../../src/jobs/job-kinds.ts';

const EXPORT = {
  version: 1,
  experiment: 'my-slug',
  sourceVersion: '1',
  reason: 'new',
  force: false,
};

describe('the subject of a job', () => {
  it.each([
    [
      'statistics',
      { ...EXPORT, period: 'weekly', knownBy: 'api', seen: { generation: '', metadata: {} } },
      { product: 'statistics', experiment: 'my-slug', period: 'weekly' },
    ],
    [
      'statistics-parts',
      { version: 1, experiment: 'my-slug', period: 'daily', token: 't', object: 'o' },
      { product: 'statistics', experiment: 'my-slug', period: 'daily' },
    ],
    ['metadata', EXPORT, { product: 'metadata', experiment: 'my-slug' }],
    [
      'errors',
      { ...EXPORT, knownBy: 'api', analysisStart: null, enrollmentEnd: null },
      { product: 'errors', experiment: 'my-slug' },
    ],
    ['monitoring', { version: 1, task: 'query-cost', day: '2026-01-14' }, { product: 'query_cost' }],
    ['monitoring', { version: 1, task: 'sample-ratio' }, { product: 'alerts' }],
    ['records', { version: 2, table: 'logs', window: `1-${'a'.repeat(16)}` }, undefined],
  ])('of %s is told by its kind', (queue, payload, subject) => {
    expect(subjectOf(queue, payload)).toEqual(subject);
  });

  it("is unknown for a payload that is not its kind's, and for a queue that no kind has", () => {
    expect(subjectOf('statistics', { experiment: 'my-slug' })).toBeUndefined();
    expect(subjectOf('elsewhere', EXPORT)).toBeUndefined();
  });
});
