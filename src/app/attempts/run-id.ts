/** Names the work of one `contrail run` where jobs have their ids. */
import type { Random } from '../../ports/random.ts';

/** No other run has it: what carries it was published by this one. */
export function makeRunId(random: Random): string {
  return `run-${random.uuid().slice(0, 8)}`;
}
