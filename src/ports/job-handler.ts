/** What the work of a job gets to know and to say, whoever runs it. */
import type { JobOutcome } from '../domain/outcome.ts';
import type { JobKind } from '../jobs/job-kind.ts';

/** A part of this job's work that has ended; without a result it failed for good. */
export interface EndedPart {
  readonly id: string;
  readonly result?: unknown;
  readonly failure?: { readonly class: string; readonly code: string; readonly message: string };
}

/** Work that an earlier attempt has divided. */
export interface DividedWork {
  /** What the handler left for itself. */
  readonly state: unknown;
  /** How the parts ended. */
  readonly parts: readonly EndedPart[];
  /** If this attempt fails, the next one begins without these parts. */
  readonly forget: () => void;
}

/** What a handler knows of its job besides the payload, and what it can say about it while it works. */
export interface JobContext {
  /** Absent before the work was divided. */
  readonly divided?: DividedWork;
  readonly jobId: string;
  /** 1 at first. An attempt that was given back, snoozed or throttled is not counted, so its number comes again. */
  readonly attempt: number;
  /** How many attempts there are in all. */
  readonly attempts: number;
  /** Aborted, with a ContrailError as the reason, when the job's lock is lost or the worker's time to drain is over. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly enqueuedAt: number;
  /** How often in a row this work has failed for good before. */
  readonly failedRounds: number;
  /** Shows how much is done, from 0 to 1. Cheap enough for every batch; never fails, never delays the work. */
  readonly progress: (fraction: number) => void;
  /** Adds a line to the job's log on the board. Never fails, never delays the work. */
  readonly log: (line: string) => void;
}

/** Does the jobs of one kind. Whatever it throws is a failure; its outcome decides how the job ends. */
export interface JobHandler<Payload> {
  readonly kind: JobKind<Payload>;
  // Written as a method, so that a list can hold handlers of many payloads; each is called only with its kind's own.
  handle(payload: Payload, context: JobContext): Promise<JobOutcome>;
}
