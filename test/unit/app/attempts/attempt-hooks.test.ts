import { expect, it } from 'vitest';
import { fixedClock } from '../../../../src/adapters/system/clock.ts';
import { MemoryRecordSink } from '../../../../src/adapters/memory/record-sink.ts';
import { attemptHooks } from '../../../../src/app/attempts/attempt-hooks.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import { LIST_PRICES } from '../../../../src/domain/query-cost-price.ts';
import { recordedLog } from '../../../support/recorded-log.ts';

const PAYLOAD = {
  version: 1,
  experiment: 'my-slug',
  period: 'weekly',
  knownBy: 'api',
  sourceVersion: '2026-01-15T00:00:00.000Z',
  seen: { generation: 'absent', metadata: {} },
  reason: 'new',
  force: false,
};

it('logs each attempt with queue, job, experiment, period and number', async () => {
  const log = recordedLog();
  const clock = fixedClock(Date.parse('2026-01-15T12:00:00Z'));
  const hooks = attemptHooks({ sink: new MemoryRecordSink(), clock, log, worker: 'host:1', pricing: LIST_PRICES });
  const event = { queue: 'statistics', jobId: 'job', payload: PAYLOAD, attempt: 2, enqueuedAt: 0, durationMs: 250 };
  const error = new ContrailError('ROWS_REFUSED', 'Bad rows.');

  await hooks.onOutcome({ ...event, outcome: { kind: 'skipped', reason: 'current' } });
  await hooks.onFailure({ ...event, error, final: true });
  await hooks.onThrottled({ ...event, error, restMs: 1, times: 1, forMs: 0 });
  await hooks.onFailure({ ...event, payload: { nonsense: true }, error, final: true });

  const fields = { queue: 'statistics', jobId: 'job', attempt: 2, experiment: 'my-slug', period: 'weekly' };
  expect(log.lines).toMatchObject([
    { text: 'job done', fields: { ...fields, outcome: 'skipped', durationMs: 250 } },
    { text: 'job failed', fields: { ...fields, code: 'ROWS_REFUSED' } },
    { text: 'job throttled', fields },
    { text: 'job failed', fields: { queue: 'statistics', jobId: 'job', attempt: 2 } },
  ]);
  expect(log.lines.at(-1)?.fields).not.toHaveProperty('experiment');
});
