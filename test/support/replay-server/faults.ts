/** What goes wrong, and when: rules that a test or a benchmark sets, and how they meet a request. */
import type { RequestKind } from './counters.ts';

/** Names of google.rpc.Code; the REST side answers with the HTTP status and reason that go with it. */
export type StatusName =
  | 'UNAVAILABLE'
  | 'INTERNAL'
  | 'UNKNOWN'
  | 'ABORTED'
  | 'DEADLINE_EXCEEDED'
  | 'RESOURCE_EXHAUSTED'
  | 'PERMISSION_DENIED'
  | 'UNAUTHENTICATED'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'INVALID_ARGUMENT'
  | 'FAILED_PRECONDITION'
  | 'OUT_OF_RANGE'
  | 'UNIMPLEMENTED';

interface InStream {
  /** ReadRows only: after how many messages of this call; 0 unless told. */
  readonly afterBatches?: number;
}

export type Fault =
  /** The request fails. `reason` and `httpStatus` replace those that go with the code; REST only. */
  | ({
      readonly kind: 'refuse';
      readonly code: StatusName;
      readonly message?: string;
      readonly reason?: string;
      readonly httpStatus?: number;
      /** RetryInfo of gRPC, and `Retry-After` of HTTP in whole seconds. */
      readonly retryAfterMs?: number;
    } & InStream)
  /** Nothing more comes, and the connection stays open. */
  | ({ readonly kind: 'stall' } & InStream)
  /** The connection is reset (RST). */
  | ({ readonly kind: 'reset' } & InStream)
  /** REST: half of the body, and the connection is closed. ReadRows: the stream ends well, but early. */
  | ({ readonly kind: 'truncate' } & InStream)
  /** The row count that is told is this much larger than the rows that come: `totalRows`, `row_count` of each message. */
  | { readonly kind: 'wrong-row-count'; readonly by: number }
  /** The answer comes later. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** ReadRows: no more rows a second than this, per stream. */
  | { readonly kind: 'rate'; readonly rowsPerSecond: number };

export interface FaultRule {
  /** Which requests; all unless told. */
  readonly on?: RequestKind | readonly RequestKind[];
  /** Only requests about something whose name (table, statement, stream, job) contains this text. */
  readonly about?: string;
  /** How many requests to let pass first; 0 unless told. */
  readonly skip?: number;
  /** How many requests to meet; 'all' for latency and rate, 1 for others unless told. */
  readonly times?: number | 'all';
  readonly fault: Fault;
}

/** All that meets one request. */
export interface FaultPlan {
  readonly latencyMs: number;
  readonly rowsPerSecond: number;
  readonly rowCountError: number;
  /** The first of the rules that make it fail. */
  readonly failure: Failure | undefined;
}

export type Failure = Extract<Fault, { readonly kind: 'refuse' | 'stall' | 'reset' | 'truncate' }>;

interface Standing {
  readonly rule: FaultRule;
  seen: number;
}

/** The rules in force. Set them at any time; a request that has begun keeps its plan. */
export class Faults {
  #standing: Standing[] = [];

  add(rule: FaultRule): void {
    this.#standing.push({ rule, seen: 0 });
  }

  clear(): void {
    this.#standing = [];
  }

  /** The plan of a request; counts it in the rules that it falls under. */
  planOf(kind: RequestKind, subject: string): FaultPlan {
    const met = this.#standing.filter((standing) => isMet(standing, kind, subject)).map(({ rule }) => rule.fault);
    return {
      latencyMs: met.reduce((sum, fault) => sum + (fault.kind === 'latency' ? fault.ms : 0), 0),
      rowsPerSecond: Math.min(...met.map((fault) => (fault.kind === 'rate' ? fault.rowsPerSecond : Infinity))),
      rowCountError: met.reduce((sum, fault) => sum + (fault.kind === 'wrong-row-count' ? fault.by : 0), 0),
      failure: met.find((fault) => isFailure(fault)),
    };
  }
}

function isMet(standing: Standing, kind: RequestKind, subject: string): boolean {
  const { on, about, skip = 0, fault } = standing.rule;
  const kinds = on === undefined ? undefined : [on].flat();
  if (kinds !== undefined && !kinds.includes(kind)) return false;
  if (about !== undefined && !subject.includes(about)) return false;
  standing.seen += 1;
  const times = standing.rule.times ?? (fault.kind === 'latency' || fault.kind === 'rate' ? 'all' : 1);
  return standing.seen > skip && (times === 'all' || standing.seen <= skip + times);
}

function isFailure(fault: Fault): fault is Failure {
  return fault.kind === 'refuse' || fault.kind === 'stall' || fault.kind === 'reset' || fault.kind === 'truncate';
}
