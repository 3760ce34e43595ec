/** Translates all errors of Cloud Storage and the network into ContrailErrors with a remedy. */
import { z } from 'zod';
import { ContrailError, type ErrorCode, errorText } from '../../domain/errors.ts';
import { googleFailure } from '../http/google-failures.ts';

/** What was being done, for the message and the hint. */
export interface Act {
  /** As in “Cloud Storage refused …”: `publishing gs://bucket/name`. */
  readonly doing: string;
  readonly bucket: string;
  /** The required permission, if the service does not name it: `storage.objects.create`. */
  readonly permission: string;
}

/** An error reply of the service. */
export interface Refusal {
  readonly status: number;
  readonly text: string;
}

const ErrorBody = z.object({
  error: z.object({
    message: z.string(),
    errors: z.array(z.object({ reason: z.string().optional() })).optional(),
  }),
});

const OBJECT_NOT_THERE = /^No such object\b/i;
const BUCKET_NOT_THERE = /\bbucket does not exist\b/i;
const CHECKSUM = /\b(crc32c|md5|checksum)/i;
const PERMISSION = /\bstorage\.[a-z]+\.[A-Za-z]+\b/;

/** Translates an error reply. */
export function refusalError(refusal: Refusal, act: Act): ContrailError {
  const { message, reason } = parseBody(refusal);
  const { status } = refusal;
  const said = `${message} (${status})`;
  const make = (code: ErrorCode, sentence: string, hint?: string): ContrailError =>
    new ContrailError(code, sentence, { subject: act.doing, ...(hint === undefined ? {} : { hint }) });

  const known = googleFailure({ status, reason, message });
  if (known !== undefined) return make(known.code, sentenceOf(known.code, act, said), known.hint);
  if (status === 401) {
    return make(
      'CREDENTIALS_INVALID',
      `Cloud Storage does not accept the credentials while ${act.doing}: ${said}.`,
      'Run `gcloud auth application-default login`, or give the workload a service account.',
    );
  }
  if (status === 403) {
    const permission = PERMISSION.exec(message)?.[0] ?? act.permission;
    return make(
      'ACCESS_DENIED',
      `The permission ${permission} on the bucket ${act.bucket} is missing for ${act.doing}: ${said}.`,
      `Grant roles/storage.objectUser on gs://${act.bucket} to the account that Contrail runs as.`,
    );
  }
  if (status === 412) return changedError(act.doing);
  if (status === 404) return missingBucket(act);
  if (status === 400 && CHECKSUM.test(message)) {
    return make('CHECKSUM_MISMATCH', `Cloud Storage received other bytes than were sent while ${act.doing}: ${said}.`);
  }
  if (isPassing(status)) return unanswered(said, act);
  return make('INTERNAL', `Cloud Storage refused ${act.doing}: ${said}.`);
}

function sentenceOf(code: ErrorCode, act: Act, said: string): string {
  switch (code) {
    case 'THROTTLED':
      return `Cloud Storage asks for fewer requests while ${act.doing}: ${said}.`;
    case 'QUOTA_EXCEEDED':
      return `A quota stands in the way of ${act.doing}: ${said}.`;
    case 'SERVICE_UNAVAILABLE':
      return unanswered(said, act).message;
    default:
      return `Cloud Storage refused ${act.doing}: ${said}.`;
  }
}

/** Whether a status is a temporary error of the service. */
export function isPassing(status: number): boolean {
  return status === 408 || status >= 500;
}

/** What a 404 says is missing; an emulator does not say. */
export function whatIsMissing(refusal: Refusal): 'object' | 'bucket' | undefined {
  const { message } = parseBody(refusal);
  if (OBJECT_NOT_THERE.test(message)) return 'object';
  return BUCKET_NOT_THERE.test(message) ? 'bucket' : undefined;
}

export function missingBucket({ bucket, doing }: Act): ContrailError {
  return new ContrailError('BUCKET_MISSING', `The bucket ${bucket} does not exist.`, {
    subject: doing,
    hint: 'CONTRAIL_BUCKET must name a bucket that exists, as in gs://mozanalysis.',
  });
}

/** SERVICE_UNAVAILABLE: no reply, or a temporary error. `cause` is the reply's text or the error of the connection. */
export function unanswered(cause: unknown, { doing }: Pick<Act, 'doing'>): ContrailError {
  return new ContrailError('SERVICE_UNAVAILABLE', `Cloud Storage did not answer ${doing}: ${errorText(cause)}.`, {
    subject: doing,
    ...(typeof cause === 'string' ? {} : { cause }),
  });
}

export function changedError(doing: string): ContrailError {
  return new ContrailError('OBJECT_CHANGED', `Somebody else changed the object meanwhile: ${doing}.`, {
    subject: doing,
  });
}

/** A checksum mismatch that we found. */
export function checksumError(doing: string, sent: string, received: string): ContrailError {
  const sentence = `Cloud Storage holds other bytes than were sent: ${doing} (CRC32C ${received} for ${sent}).`;
  return new ContrailError('CHECKSUM_MISMATCH', sentence, { subject: doing });
}

/** The service's own message; a proxy or an emulator may send anything. */
function parseBody({ text }: Refusal): { message: string; reason: string } {
  const body = ErrorBody.safeParse(parseJson(text));
  if (!body.success) return { message: text.trim().slice(0, 200) || 'no reason given', reason: '' };
  const { message, errors } = body.data.error;
  return { message: message.trim().replace(/\.$/, '') || 'no reason given', reason: errors?.[0]?.reason ?? '' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
