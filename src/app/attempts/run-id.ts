/** Names the work of one `contrail run` where jobs have their ids. */
import { randomUUID } from 'node:crypto';

/** No other run has it: what carries it was published by this one. */
export function makeRunId(): string {
  return `run-${randomUUID().slice(0, 8)}`;
}
