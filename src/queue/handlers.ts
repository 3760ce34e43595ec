/** Who does which kind of job, and what a handler is given. */
import { ContrailError } from '../domain/errors.ts';
import { didYouMean } from '../domain/nearest-name.ts';
import type { JobOutcome } from '../domain/outcome.ts';
import type { JobKind } from '../jobs/job-kind.ts';

/** What a handler knows of its job besides the payload, and what it can say about it while it works. */
export interface JobContext {
  readonly jobId: string;
  /** 1 at first. An attempt that was given back, snoozed or throttled is not counted, so its number comes again. */
  readonly attempt: number;
  /** How many attempts there are in all. */
  readonly attempts: number;
  /** Aborted, with a ContrailError as the reason, when the job's lock is lost or the worker's time to drain is over. */
  readonly signal: AbortSignal;
  readonly enqueuedAt: number;
  /** How often in a row this work has failed for good before. */
  readonly failedRounds: number;
  /** Shows how far the work is: a fraction from 0 to 1, alone or with facts. Never fails, never delays the work. */
  progress(done: number | ({ readonly fraction: number } & Readonly<Record<string, unknown>>)): void;
  /** Adds a line to the job's log on the board. Never fails, never delays the work. */
  log(line: string): void;
}

/** Does the jobs of one kind. Whatever it throws is a failure; its outcome decides how the job ends. */
export interface JobHandler<Payload> {
  readonly kind: JobKind<Payload>;
  // Written as a method, so that a list can hold handlers of many payloads; each is called only with its kind's own.
  handle(payload: Payload, context: JobContext): Promise<JobOutcome>;
}

/**
 * The handler of each kind, one each. Throws if a kind has none or two, or a handler no kind; where only some queues are
 * selected, only those need one.
 */
export function matchHandlers(
  kinds: readonly JobKind<unknown>[],
  handlers: readonly JobHandler<unknown>[],
  selection?: readonly string[],
): JobHandler<unknown>[] {
  const names = kinds.map((kind) => kind.queue);
  for (const name of selection ?? []) {
    if (!names.includes(name)) {
      const hint = `${didYouMean(name, names)}Queues: ${names.join(', ')}.`;
      throw new ContrailError('USAGE', `There is no queue ${name}.`, { hint });
    }
  }
  const strange = handlers.find((handler) => !names.includes(handler.kind.queue));
  if (strange !== undefined) {
    throw new ContrailError('INTERNAL', `A handler is for the queue ${strange.kind.queue}, which no kind of job has.`);
  }
  return names
    .filter((name) => selection === undefined || selection.includes(name))
    .map((name) => only(name, handlers));
}

function only(queue: string, handlers: readonly JobHandler<unknown>[]): JobHandler<unknown> {
  const [handler, second] = handlers.filter((candidate) => candidate.kind.queue === queue);
  if (handler === undefined) throw new ContrailError('INTERNAL', `The queue ${queue} has no handler.`);
  if (second !== undefined) throw new ContrailError('INTERNAL', `The queue ${queue} has more than one handler.`);
  return handler;
}
