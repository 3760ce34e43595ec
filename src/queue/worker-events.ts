/** Events of a worker pool. */
import type { ContrailError } from '../domain/errors.ts';
import type { JobOutcome } from '../domain/outcome.ts';

export interface AttemptFacts {
  readonly queue: string;
  readonly jobId: string;
  /** As in the job; not validated if the failure is PAYLOAD_INVALID or JOB_CRASHED. */
  readonly payload: unknown;
  /** The backfill that the job belongs to. */
  readonly backfill?: string;
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
  /** Whether the job has failed for good or will be retried. */
  readonly final: boolean;
}

/** A throttled attempt. */
export interface ThrottledEvent extends AttemptFacts {
  readonly error: ContrailError;
  /** How long the queue rests because of it; 0 if it rested already. */
  readonly restMs: number;
  /** How often this job was throttled in a row, including this time, and since when. */
  readonly times: number;
  readonly forMs: number;
}

/** An attempt that did not begin, because another version of Contrail has made the payload. */
export interface ParkedEvent {
  readonly queue: string;
  readonly jobId: string;
  /** A sentence with the remedy. */
  readonly reason: string;
}

export interface FinishedEvent {
  readonly queue: string;
  readonly jobId: string;
  readonly state: 'completed' | 'failed';
}

/** Hooks. All but the last two are awaited; their errors are logged and change nothing. */
export interface WorkerHooks {
  /** Before a job is reported done. Not for snoozed ones. Called again if the report is lost and the work repeated. */
  onOutcome?(event: OutcomeEvent): Promise<void> | void;
  /** Before a failed attempt is reported. Not for throttled or returned attempts, which are not charged. */
  onFailure?(event: FailureEvent): Promise<void> | void;
  /** Before a throttled job goes back to the queue without being charged. */
  onThrottled?(event: ThrottledEvent): Promise<void> | void;
  /** Before a job is put off whose payload this process does not know. */
  onParked?(event: ParkedEvent): Promise<void> | void;
  /** While an attempt takes very long; again every ten minutes. `durationMs` is the time until now. */
  onSlow?(event: AttemptFacts): void;
  /** When Redis knows that a job is done or has failed for good, unless the process died before. */
  onFinished?(event: FinishedEvent): void;
}
