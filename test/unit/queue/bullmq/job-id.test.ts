import { expect, it } from 'vitest';
import { checkJobId } from '../../../../src/queue/bullmq/job-id.ts';

it.each(['my_slug.weekly.1768478400000', 'my-slug', '2026.overall.f00', 'actives'])('takes %s', (id) => {
  expect(() => checkJobId(id)).not.toThrow();
});

it.each(['', '7', '1768478400000', 'a:b', ':', 'active', 'wait', 'completed', 'failed', 'meta', 'id'])(
  'refuses %j, which BullMQ would take for something else',
  (id) => {
    expect(() => checkJobId(id)).toThrow('cannot be the id of a job');
  },
);
