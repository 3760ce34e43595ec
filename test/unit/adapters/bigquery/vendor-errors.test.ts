import { describe, expect, it } from 'vitest';
import {
  during,
  isDuplicate,
  isPassing,
  isTableMissing,
  ServiceRefusal,
  translate,
} from '../../../../src/adapters/bigquery/vendor-errors.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';

const ACT = { doing: 'Reading p.d.t', subject: 'p.d.t', permission: 'bigquery.tables.getData' };

function refusal(status: number, reason: string, message = 'no'): ServiceRefusal {
  return new ServiceRefusal({ status, reason, message });
}

function grpc(code: number, details: string): Error {
  return Object.assign(new Error(`${code} ${details}`), { code, details });
}

describe('what BigQuery refuses', () => {
  it.each([
    [
      'a missing dataset',
      refusal(404, 'notFound', 'Not found: Dataset p:d was not found in location US'),
      'DATASET_MISSING',
    ],
    ['a missing permission', refusal(403, 'accessDenied', 'Access Denied: Table p:d.t'), 'ACCESS_DENIED'],
    ['a quota', refusal(403, 'quotaExceeded'), 'QUOTA_EXCEEDED'],
    ['no billing', refusal(403, 'billingNotEnabled'), 'PROJECT_BLOCKED'],
    ['a rate limit', refusal(403, 'rateLimitExceeded'), 'THROTTLED'],
    ['too many jobs', refusal(400, 'jobRateLimitExceeded'), 'THROTTLED'],
    ['too many requests', refusal(429, ''), 'THROTTLED'],
    ['RESOURCE_EXHAUSTED', grpc(8, 'slow down'), 'THROTTLED'],
    ['an error of the service', refusal(500, 'internalError'), 'SERVICE_UNAVAILABLE'],
    ['a backend error in a job', refusal(400, 'backendError'), 'SERVICE_UNAVAILABLE'],
    ['UNAVAILABLE', grpc(14, 'no connection'), 'SERVICE_UNAVAILABLE'],
    ['a reset connection', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }), 'SERVICE_UNAVAILABLE'],
    ['a request that took too long', new DOMException('timed out', 'TimeoutError'), 'SERVICE_UNAVAILABLE'],
    ['an invalid query', refusal(400, 'invalidQuery', 'Syntax error'), 'QUERY_FAILED'],
    ['a table that a view misses', refusal(404, 'notFound', 'Not found: Table p:d.other'), 'QUERY_FAILED'],
    ['a query that costs too much', refusal(400, 'bytesBilledLimitExceeded'), 'COST_LIMIT'],
    ['no credentials', new Error('Could not load the default credentials.'), 'CREDENTIALS_INVALID'],
    ['expired credentials', refusal(401, 'authError'), 'CREDENTIALS_INVALID'],
    ['a mistake of ours', new TypeError('x is not a function'), 'INTERNAL'],
  ])('for %s', (_, error, code) => {
    const translated = translate(ACT, error);

    expect(translated.code).toBe(code);
    expect(translated.cause).toBe(error);
  });

  it('names what was under way, and its subject', () => {
    const translated = translate(ACT, refusal(400, 'invalidQuery', 'Syntax\n  error'));

    expect(translated).toMatchObject({ message: 'Reading p.d.t failed: Syntax error', subject: 'p.d.t' });
  });

  it('names the missing permission: that of the message, else that of the act', () => {
    const named = refusal(403, 'accessDenied', 'User does not have bigquery.jobs.create permission in project p.');

    expect(translate(ACT, named).hint).toContain('bigquery.jobs.create on');
    expect(translate(ACT, refusal(403, 'accessDenied', 'Access Denied')).hint).toContain('bigquery.tables.getData');
  });

  it('says where a missing dataset was looked for', () => {
    const error = refusal(404, 'notFound', 'Not found: Dataset p:d was not found in location US');

    expect(translate(ACT, error).hint).toMatch(/location=EU.*looked for in US/);
  });

  it('is told apart from what is passing, missing, or there already', () => {
    const table = { project: 'p', dataset: 'd', table: 't' };
    const missing = (message: string) => isTableMissing(refusal(404, 'notFound', message), table);

    expect(missing('Not found: Table p:d.t was not found in location US')).toBe(true);
    expect(missing('Table not found: `p.d.t` [at 1:15]')).toBe(true);
    expect(missing('Not found: Table p:d.t2 was not found')).toBe(false);
    expect(missing('Not found: Dataset p:d')).toBe(false);
    expect([isPassing(refusal(503, '')), isPassing(refusal(400, 'invalid')), isPassing(grpc(14, ''))]).toEqual([
      true,
      false,
      true,
    ]);
    expect(isDuplicate(refusal(409, 'duplicate'))).toBe(true);
    expect(isPassing(refusal(500, 'internalError', 'job x is already created'))).toBe(false);
  });

  it('leaves an abort, and what is translated already, as they are', async () => {
    const own = new ContrailError('RESULTS_MISSING', 'none');
    const aborted = AbortSignal.abort(new Error('stop'));

    expect(translate(ACT, own)).toBe(own);
    await expect(during(ACT, aborted, () => Promise.reject(refusal(500, '')))).rejects.toThrow('stop');
  });
});
