/** Failures in the words of gRPC and of REST. */
import { Metadata, status, type StatusObject } from '@grpc/grpc-js';
import type { Failure, StatusName } from './faults.ts';
import { bytesField, varintField } from './protobuf.ts';

export type Refusal = Omit<Extract<Failure, { readonly kind: 'refuse' }>, 'kind' | 'afterBatches'>;

/** A request that the server refuses, whether by a rule or because the service would. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message ?? `Refused by the replay server: ${refusal.code}`);
    this.refusal = refusal;
  }
}

const HTTP: Readonly<Record<StatusName, readonly [status: number, reason: string]>> = {
  UNAVAILABLE: [503, 'backendError'],
  INTERNAL: [500, 'internalError'],
  UNKNOWN: [500, 'internalError'],
  ABORTED: [409, 'aborted'],
  DEADLINE_EXCEEDED: [504, 'backendError'],
  RESOURCE_EXHAUSTED: [429, 'rateLimitExceeded'],
  PERMISSION_DENIED: [403, 'accessDenied'],
  UNAUTHENTICATED: [401, 'authError'],
  NOT_FOUND: [404, 'notFound'],
  ALREADY_EXISTS: [409, 'duplicate'],
  INVALID_ARGUMENT: [400, 'invalid'],
  FAILED_PRECONDITION: [412, 'conditionNotMet'],
  OUT_OF_RANGE: [400, 'outOfRange'],
  UNIMPLEMENTED: [501, 'notImplemented'],
};

export interface ErrorReply {
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly error: {
      readonly code: number;
      readonly message: string;
      readonly errors: readonly { readonly message: string; readonly domain: string; readonly reason: string }[];
      readonly status: StatusName;
    };
  };
}

/** The reply of REST to a refused request. */
export function errorReply({ refusal, message }: RefusedError): ErrorReply {
  const [usualStatus, usualReason] = HTTP[refusal.code];
  const httpStatus = refusal.httpStatus ?? usualStatus;
  const reason = refusal.reason ?? usualReason;
  const headers =
    refusal.retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(refusal.retryAfterMs / 1000)) };
  const errors = [{ message, domain: 'global', reason }];
  return { httpStatus, headers, body: { error: { code: httpStatus, message, errors, status: refusal.code } } };
}

/** The reason of REST for a refusal. */
export function reasonOf({ code, reason }: Refusal): string {
  return reason ?? HTTP[code][1];
}

/** The status of gRPC, with RetryInfo in the trailers as the service sends it. */
export function grpcStatus({ refusal, message }: RefusedError): StatusObject {
  const metadata = new Metadata();
  const code = status[refusal.code];
  if (refusal.retryAfterMs !== undefined) {
    const delay = Buffer.concat([
      varintField(1, Math.floor(refusal.retryAfterMs / 1000)),
      varintField(2, (refusal.retryAfterMs % 1000) * 1e6),
    ]);
    const retryInfo = Buffer.from(bytesField(1, delay));
    metadata.set('google.rpc.retryinfo-bin', retryInfo);
    const any = [bytesField(1, 'type.googleapis.com/google.rpc.RetryInfo'), bytesField(2, retryInfo)];
    const details = [varintField(1, code), bytesField(2, message), bytesField(3, Buffer.concat(any))];
    metadata.set('grpc-status-details-bin', Buffer.concat(details));
  }
  return { code, details: message, metadata };
}
