/** The id of a `contrail run`, used where jobs have theirs. */
import type { Random } from '../../ports/random.ts';

/** Unique, so that an object with this id was published by this run. */
export function makeRunId(random: Random): string {
  return `run-${random.uuid().slice(0, 8)}`;
}
