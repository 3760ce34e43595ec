/** Valid ids of jobs. */
import { QueueKeys } from 'bullmq';
import { ContrailError } from '../../domain/errors.ts';

/** A job's key is beside the lists of its queue: a job `active` would overwrite a list. */
const NAMES_TAKEN: ReadonlySet<string> = new Set(Object.keys(new QueueKeys().getKeys('any')));

/**
 * Throws INTERNAL for an id that BullMQ would misread: it takes ids of digits for its own, and lets through just those
 * with `:` that look like an old schedule.
 */
export function checkJobId(id: string): void {
  if (!/:|^\d*$/.test(id) && !NAMES_TAKEN.has(id)) return;
  throw new ContrailError('INTERNAL', `${id} cannot be the id of a job.`);
}
