/** What a worker pool tells its owner about jobs. */
import type { ContrailError } from '../domain/errors.ts';
import type { JobOutcome } from '../domain/outcome.ts';

export interface AttemptFacts {
  readonly queue: string;
  readonly jobId: string;
  /** As the job holds it; not yet checked where the failure is PAYLOAD_INVALID or JOB_CRASHED. */
  readonly payload: unknown;
  readonly attempt: number;
  readonly enqueuedAt: number;
  /** From the handler's start to its end. */
  readonly durationMs: number;
}

export interface OutcomeEvent extends AttemptFacts {
  readonly outcome: JobOutcome;
}

export interface FailureEvent extends AttemptFacts {
  readonly error: ContrailError;
  /** Whether the job has failed for good, or will be tried again. */
  readonly final: boolean;
}

/** An attempt that a service refused because it had too many requests. */
export interface ThrottledEvent extends AttemptFacts {
  readonly error: ContrailError;
  /** How long the queue rests because of this refusal; 0 where it rested already. */
  readonly restMs: number;
  /** How often this job was refused in a row, this time included, and how long ago the first time was. */
  readonly times: number;
  readonly forMs: number;
}

export interface FinishedEvent {
  readonly queue: string;
  readonly jobId: string;
  readonly state: 'completed' | 'failed';
}

/** Called and, all but the last, waited for; whatever they throw is logged and changes nothing for the job. */
export interface WorkerHooks {
  /** Before a job is reported done. Not for snoozed ones. Called again if the report is lost and the work repeated. */
  onOutcome?(event: OutcomeEvent): Promise<void> | void;
  /** Before a failed attempt is reported. Not for attempts that were throttled or given back: they never counted. */
  onFailure?(event: FailureEvent): Promise<void> | void;
  /** Before a throttled job goes back to the queue, at no attempt's cost. */
  onThrottled?(event: ThrottledEvent): Promise<void> | void;
  /** When Redis knows that a job is done or has failed for good, unless it died before it could say so. */
  onFinished?(event: FinishedEvent): void;
}
