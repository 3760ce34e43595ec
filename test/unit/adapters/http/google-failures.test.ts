import { expect, it } from 'vitest';
import { isPassing, ServiceRefusal, translate } from '../../../../src/adapters/bigquery/vendor-errors.ts';
import { refusalError } from '../../../../src/adapters/gcs/service-errors.ts';

const BIGQUERY = { doing: 'Reading p.d.t', subject: 'p.d.t', permission: 'bigquery.tables.getData' };
const STORAGE = { doing: 'publishing gs://b/o', bucket: 'b', permission: 'storage.objects.create' };

/** With the statuses that the services document. */
const BOTH = [
  [403, 'rateLimitExceeded', 'THROTTLED', 'a few minutes'],
  [403, 'userRateLimitExceeded', 'THROTTLED', 'a few minutes'],
  [429, '', 'THROTTLED', 'a few minutes'],
  [403, 'quotaExceeded', 'QUOTA_EXCEEDED', 'Raise the quota'],
  [403, 'dailyLimitExceeded', 'QUOTA_EXCEEDED', 'Raise the quota'],
  [500, 'internalError', 'SERVICE_UNAVAILABLE', undefined],
  [503, 'backendError', 'SERVICE_UNAVAILABLE', undefined],
  [403, 'accountDisabled', 'PROJECT_BLOCKED', 'is disabled'],
  [403, 'billingNotEnabled', 'PROJECT_BLOCKED', 'Enable billing'],
  [403, 'forbidden', 'ACCESS_DENIED', 'Grant'],
  [401, 'authError', 'CREDENTIALS_INVALID', 'gcloud auth'],
] as const;

const OF_BIGQUERY = [
  [400, 'jobRateLimitExceeded', 'THROTTLED', 'a few minutes'],
  [429, 'RESOURCE_EXHAUSTED', 'THROTTLED', 'a few minutes'],
  [400, 'jobInternalError', 'SERVICE_UNAVAILABLE', undefined],
  [400, 'jobBackendError', 'SERVICE_UNAVAILABLE', undefined],
  [400, 'backendError', 'SERVICE_UNAVAILABLE', undefined],
  [400, 'internalError', 'SERVICE_UNAVAILABLE', undefined],
  [400, 'timeout', 'SERVICE_UNAVAILABLE', undefined],
  [400, 'tableUnavailable', 'SERVICE_UNAVAILABLE', undefined],
  [200, 'stopped', 'SERVICE_UNAVAILABLE', undefined],
  [403, 'responseTooLarge', 'QUERY_FAILED', '10 GB'],
  [400, 'resourcesExceeded', 'QUERY_FAILED', 'memory'],
  [400, 'billingTierLimitExceeded', 'COST_LIMIT', 'cheaper'],
  [400, 'bytesBilledLimitExceeded', 'COST_LIMIT', 'limit of bytes'],
  [403, 'blocked', 'PROJECT_BLOCKED', 'support'],
  [400, 'invalidQuery', 'QUERY_FAILED', undefined],
] as const;

const OF_STORAGE = [
  [403, 'retentionPolicyNotMet', 'TARGET_UNWRITABLE', 'retention policy'],
  [403, 'objectUnderActiveHold', 'TARGET_UNWRITABLE', 'hold'],
  [412, 'conditionNotMet', 'OBJECT_CHANGED', undefined],
] as const;

it.each([...BOTH, ...OF_BIGQUERY])('BigQuery: %i %s is %s', (status, reason, code, hint) => {
  const refusal = new ServiceRefusal({ status, reason, message: 'No.' });

  const error = translate(BIGQUERY, refusal);

  expect(error.code).toBe(code);
  expect(error.hint ?? '').toContain(hint ?? '');
  expect(hint === undefined).toBe(error.hint === undefined);
  expect(isPassing(refusal)).toBe(code === 'SERVICE_UNAVAILABLE');
});

it.each([...BOTH, ...OF_STORAGE])('Cloud Storage: %i %s is %s', (status, reason, code, hint) => {
  const text = JSON.stringify({ error: { code: status, message: 'No.', errors: [{ reason }] } });

  const error = refusalError({ status, text }, STORAGE);

  expect(error.code).toBe(code);
  expect(error.hint ?? '').toContain(hint ?? '');
  expect(error.message).not.toContain(code === 'ACCESS_DENIED' ? 'refused' : 'permission');
});

it('Cloud Storage: a bucket whose requesters pay has its own remedy', () => {
  const message = 'Bucket is a requester pays bucket but no user project provided.';
  const text = JSON.stringify({ error: { code: 400, message, errors: [{ reason: 'required' }] } });

  const error = refusalError({ status: 400, text }, STORAGE);

  expect(error).toMatchObject({ code: 'TARGET_UNWRITABLE', hint: expect.stringContaining('requester pays') });
});
