/** Translates all errors of BigQuery into ContrailErrors. */
import { ContrailError, type ErrorCode, type ErrorDetails, errorText, toContrailError } from '../../domain/errors.ts';
import { googleFailure } from '../http/google-failures.ts';
import { type TableName, tableText } from './sql.ts';

/** An error of the service: REST errors, errors of jobs, and gRPC codes as HTTP status. */
export class ServiceRefusal extends Error {
  override readonly name = 'ServiceRefusal';
  readonly status: number;
  /** `notFound`, `invalidQuery`, …; empty if there is none. */
  readonly reason: string;

  constructor(refusal: {
    readonly status: number;
    readonly reason: string;
    readonly message: string;
    cause?: unknown;
  }) {
    super(refusal.message, { cause: refusal.cause });
    this.status = refusal.status;
    this.reason = refusal.reason;
  }
}

/** What was being done, for the message and the hint. */
export interface Act {
  /** As in `Reading p.d.t failed`. */
  readonly doing: string;
  /** Table, dataset or project. */
  readonly subject: string;
  /** The required permission, for errors that do not name one. */
  readonly permission: string;
  /** What to do if the request itself is wrong. */
  readonly hint?: string;
}

export const MEND_THE_VIEW = 'Fix the view or its tables; Contrail will retry when they change.';

/** Runs work and translates what it throws into a ContrailError; the caller's abort stays unchanged. */
export async function during<T>(act: Act, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    throw translate(act, error);
  }
}

/** Any error of the service or the connection as a ContrailError. */
export function translate(act: Act, error: unknown): ContrailError {
  const refusal = error instanceof ContrailError ? undefined : toRefusal(error);
  if (refusal === undefined) return toContrailError(error);
  const { code, ...details } = judge(act, refusal);
  return new ContrailError(code, `${act.doing} failed: ${oneLine(refusal.message)}`, {
    subject: act.subject,
    cause: error,
    ...details,
  });
}

type Verdict = { readonly code: ErrorCode } & Pick<ErrorDetails, 'hint' | 'exceptionType'>;

const DATASET_MISSING = /not found: dataset|dataset \S+ is not found/i;

function judge(act: Act, refusal: ServiceRefusal): Verdict {
  const { status, reason, message } = refusal;
  const known = googleFailure(refusal);
  if (known !== undefined) return known;
  if (reason === 'accessDenied' || status === 403) return accessDenied(act, message);
  if (status === 401) return NO_CREDENTIALS;
  if (DATASET_MISSING.test(message)) return datasetMissing(message);
  if (/does not match any table/i.test(message)) return SOURCE_GONE;
  if (isPassing(refusal)) return { code: 'SERVICE_UNAVAILABLE' };
  return act.hint === undefined ? { code: 'QUERY_FAILED' } : { code: 'QUERY_FAILED', hint: act.hint };
}

const NO_CREDENTIALS: Verdict = {
  code: 'CREDENTIALS_INVALID',
  hint: 'Log in with `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to the key of a service account.',
};

/** A rerun has deleted the tables of a view, or one that the view needs. This is not a failure. */
const SOURCE_GONE: Verdict = {
  code: 'SOURCE_GONE',
  hint: 'The view has no tables at present; Contrail will look again when it has.',
};

function accessDenied({ permission, subject }: Act, message: string): Verdict {
  const named = /\b(bigquery(?:\.\w+){2,3})\b/.exec(message)?.[1] ?? permission;
  return {
    code: 'ACCESS_DENIED',
    hint: `Grant the permission ${named} on ${subject} to Contrail's account.`,
  };
}

function datasetMissing(message: string): Verdict {
  const location = /in location (\S+?)[.;]?(?:\s|$)/.exec(message)?.[1];
  const where = location === undefined ? '' : ` It was looked for in ${location}.`;
  return {
    code: 'DATASET_MISSING',
    hint: `Create the dataset, or name its location as in bigquery://my-project?location=EU.${where}`,
  };
}

/** Whether exactly this table is missing, not something that it reads. */
export function isTableMissing(error: unknown, name: TableName): boolean {
  if (!(error instanceof ServiceRefusal)) return false;
  // `Not found: Table p:d.t was not found …`; of the emulator ``Table not found: `p.d.t` `` and `table t is not found`.
  const named = /not found: (?:table )?`?([^`\s;,]+)|table (\S+) is not found/i.exec(error.message);
  return [tableText(name), name.table].includes((named?.[1] ?? named?.[2] ?? '').replace(':', '.'));
}

/** Whether the dataset is missing. */
export function isDatasetMissing(error: unknown): boolean {
  return error instanceof ServiceRefusal && DATASET_MISSING.test(error.message);
}

/** Whether the thing to create exists already. */
export function isDuplicate(error: unknown): boolean {
  if (!(error instanceof ServiceRefusal)) return false;
  return error.status === 409 || error.reason === 'duplicate' || /already (?:exists|created)/i.test(error.message);
}

/** Whether the same request may succeed if it is repeated at once. */
export function isPassing(error: unknown): boolean {
  const refusal = toRefusal(error);
  if (refusal === undefined || isDuplicate(refusal)) return false;
  const known = googleFailure(refusal);
  return known === undefined ? refusal.status === 0 || refusal.status >= 500 : known.code === 'SERVICE_UNAVAILABLE';
}

/** @see https://grpc.io/docs/guides/status-codes/ */
const GRPC_STATUS: ReadonlyMap<number, readonly [status: number, reason: string]> = new Map([
  [1, [499, 'CANCELLED']],
  [2, [500, 'UNKNOWN']],
  [3, [400, 'INVALID_ARGUMENT']],
  [4, [504, 'DEADLINE_EXCEEDED']],
  [5, [404, 'NOT_FOUND']],
  [7, [403, 'PERMISSION_DENIED']],
  [8, [429, 'RESOURCE_EXHAUSTED']],
  [9, [400, 'FAILED_PRECONDITION']],
  [10, [503, 'ABORTED']],
  [13, [500, 'INTERNAL']],
  [14, [503, 'UNAVAILABLE']],
  [15, [500, 'DATA_LOSS']],
  [16, [401, 'UNAUTHENTICATED']],
]);

const CREDENTIALS = /default credentials|invalid_grant|invalid_rapt|refresh token|private key|client_email/i;

/** An error of gRPC, the connection or the credentials as a service error (status 0: no answer). Undefined for any other. */
export function toRefusal(error: unknown): ServiceRefusal | undefined {
  if (error instanceof ServiceRefusal) return error;
  if (!(error instanceof Error) || error instanceof ContrailError) return undefined;
  const message = errorText(error);
  const code = 'code' in error ? error.code : undefined;
  const grpc = typeof code === 'number' ? GRPC_STATUS.get(code) : undefined;
  if (typeof code === 'number' && code >= 400) {
    return new ServiceRefusal({ status: code, reason: vendorReason(error), message, cause: error });
  }
  if (grpc !== undefined) {
    const details = 'details' in error && typeof error.details === 'string' ? error.details : message;
    return new ServiceRefusal({ status: grpc[0], reason: grpc[1], message: details, cause: error });
  }
  if (CREDENTIALS.test(message))
    return new ServiceRefusal({ status: 401, reason: 'credentials', message, cause: error });
  if (typeof code !== 'string' && error.name !== 'TimeoutError') return undefined;
  return new ServiceRefusal({ status: 0, reason: 'connection', message, cause: error });
}

/** Of an error of the vendor's REST client. */
function vendorReason(error: Error): string {
  const first: unknown = 'errors' in error && Array.isArray(error.errors) ? error.errors[0] : undefined;
  const reason = typeof first === 'object' && first !== null && 'reason' in first ? first.reason : '';
  return typeof reason === 'string' ? reason : '';
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
