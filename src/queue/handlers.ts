/** The handler of each kind of job. */
import { ContrailError } from '../domain/errors.ts';
import { didYouMean } from '../domain/nearest-name.ts';
import type { JobHandler } from '../ports/job-handler.ts';
import type { JobKind } from '../jobs/job-kind.ts';

/**
 * One handler per kind. Throws if a kind has none or two, or a handler has no kind. If only some queues are selected, only
 * those need one.
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
