/** What a handler gets besides the payload, and what it can report. */
import type { JobOutcome } from '../domain/outcome.ts';
import type { JobKind } from '../jobs/job-kind.ts';

/** A part of this job that has ended; without a result it failed for good. */
export interface EndedPart {
  readonly id: string;
  readonly result?: unknown;
  readonly failure?: { readonly class: string; readonly code: string; readonly message: string };
}

/** The parts that an earlier attempt made. */
export interface DividedWork {
  /** The state that the handler kept for itself. */
  readonly state: unknown;
  /** How the parts ended. */
  readonly parts: readonly EndedPart[];
  /** If this attempt fails, the next one starts without these parts. */
  readonly forget: () => void;
}

/** What a handler knows about its job, and how it reports while it runs. */
export interface JobContext {
  /** Absent until the job was divided. */
  readonly divided?: DividedWork;
  readonly jobId: string;
  /** 1 at first. Attempts that were returned, snoozed or throttled are not counted, so their number comes again. */
  readonly attempt: number;
  /** How many attempts there are in all. */
  readonly attempts: number;
  /** Aborted with a ContrailError as the reason when the job's lock is lost or the worker's drain timeout is over. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds, by the clock of the queue: not to be compared with another clock. */
  readonly enqueuedAt: number;
  /** From then to the start of this attempt, milliseconds, by the same clock. */
  readonly waitedMs: number;
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
