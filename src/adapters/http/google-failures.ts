/**
 * What the reasons in errors of Google's services mean for Contrail, in one table. Missing permissions, missing things and
 * credentials are left to the adapters, which know what they asked for.
 *
 * @see https://cloud.google.com/bigquery/docs/error-messages
 * @see https://cloud.google.com/storage/docs/json_api/v1/status-codes
 */
import type { ErrorCode } from '../../domain/errors.ts';

export interface GoogleFailure {
  readonly code: ErrorCode;
  readonly hint?: string;
}

const THROTTLED: GoogleFailure = {
  code: 'THROTTLED',
  hint: 'The service receives too many requests; try again in a few minutes.',
};
const QUOTA: GoogleFailure = {
  code: 'QUOTA_EXCEEDED',
  hint: 'Raise the quota of the project, or wait until it is renewed.',
};
const PASSING: GoogleFailure = { code: 'SERVICE_UNAVAILABLE' };

const FAILURES: ReadonlyMap<string, GoogleFailure> = new Map([
  ['rateLimitExceeded', THROTTLED],
  ['jobRateLimitExceeded', THROTTLED],
  ['userRateLimitExceeded', THROTTLED],
  ['RESOURCE_EXHAUSTED', THROTTLED],
  ['quotaExceeded', QUOTA],
  ['dailyLimitExceeded', QUOTA],
  ['backendError', PASSING],
  ['internalError', PASSING],
  ['jobBackendError', PASSING],
  ['jobInternalError', PASSING],
  ['tableUnavailable', PASSING],
  ['timeout', PASSING],
  ['stopped', PASSING],
  [
    'bytesBilledLimitExceeded',
    { code: 'COST_LIMIT', hint: 'Raise the limit of bytes billed for a query, or make the view smaller.' },
  ],
  [
    'billingTierLimitExceeded',
    { code: 'COST_LIMIT', hint: 'Make the view cheaper: its query needs more work than the project pays for.' },
  ],
  [
    'responseTooLarge',
    {
      code: 'QUERY_FAILED',
      hint: 'Make the view smaller: BigQuery returns at most 10 GB (compressed) from one query.',
    },
  ],
  [
    'resourcesExceeded',
    { code: 'QUERY_FAILED', hint: 'Make the view simpler: its query needs more memory than BigQuery gives to one.' },
  ],
  ['billingNotEnabled', { code: 'PROJECT_BLOCKED', hint: 'Enable billing for the project.' }],
  [
    'accountDisabled',
    {
      code: 'PROJECT_BLOCKED',
      hint: 'The account that Contrail runs as, or its project, is disabled: ask who owns it.',
    },
  ],
  [
    'blocked',
    {
      code: 'PROJECT_BLOCKED',
      hint: 'Google has blocked this operation for the project; ask its support if that lasts.',
    },
  ],
  [
    'retentionPolicyNotMet',
    {
      code: 'TARGET_UNWRITABLE',
      hint: 'Remove the retention policy of the bucket: Contrail replaces its files whenever results change.',
    },
  ],
  ['objectUnderActiveHold', { code: 'TARGET_UNWRITABLE', hint: 'Release the hold on the object.' }],
]);

/** Cloud Storage gives it the reason of any missing parameter. */
const REQUESTER_PAYS = /requester pays/i;
const REQUESTERS_PAY: GoogleFailure = {
  code: 'TARGET_UNWRITABLE',
  hint: 'Turn off "requester pays" for the bucket: Contrail names no project that pays for its requests.',
};

/** Undefined for reasons that say no more than the status. */
export function googleFailure(refusal: {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
}): GoogleFailure | undefined {
  if (REQUESTER_PAYS.test(refusal.message)) return REQUESTERS_PAY;
  const known = FAILURES.get(refusal.reason);
  if (known !== undefined) return known;
  return refusal.status === 429 ? THROTTLED : undefined;
}
