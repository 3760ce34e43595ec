/** Divided jobs: the parts are children in another queue, and the job waits until they have ended. */
import { Job, type Queue } from 'bullmq';
import { ContrailError } from '../../domain/errors.ts';
import type { EndedPart } from '../../ports/job-handler.ts';
import type { DividedOutcome } from '../attempt.ts';
import { type JobDivision, type JobEnvelope, NO_ENVELOPE, readFailure } from '../job-envelope.ts';
import { isSealed, sealOf } from './job-seal.ts';

/** The name under which a connection knows the script. */
export const NOTE_DIVISION = 'contrail:noteDivision';

/** Arguments: key of the job, its new data. */
export const NOTE_DIVISION_SCRIPT = {
  numberOfKeys: 1,
  lua: `
if redis.call('EXISTS', KEYS[1]) == 0 then return redis.error_reply('the divided job is gone') end
return redis.call('HSET', KEYS[1], 'data', ARGV[1])
`,
};

export interface PartsRequest {
  readonly job: Job;
  readonly envelope: JobEnvelope;
  readonly outcome: DividedOutcome;
  /** The queue of the parts, on a connection that knows the script. */
  readonly parts: Queue;
  readonly secret: string;
}

/** Notes the parts in the job and adds them, in one transaction. */
export async function addParts({ job, envelope, outcome, parts, secret }: PartsRequest): Promise<void> {
  const sealed = { queue: outcome.queue, ids: outcome.parts.map((part) => part.id), state: outcome.state };
  const division: JobDivision = { ...sealed, seal: sealOf(secret, jobName(job), sealed) };
  const id = job.id ?? '';
  const parent = { id, queue: job.queueQualifiedName };
  const client = await parts.getBackend().client;
  const transaction = client.multi();
  transaction.runCommand(NOTE_DIVISION, [`${job.queueQualifiedName}:${id}`, JSON.stringify({ ...envelope, division })]);
  for (const part of outcome.parts) {
    const seal = sealOf(secret, `${parts.name} ${part.id}`, part.payload);
    const opts = {
      ...parts.defaultJobOptions,
      jobId: part.id,
      parent,
      // A failed part ends the wait like a finished one; the whole job decides what that means.
      ignoreDependencyOnFailure: true,
    };
    const parentKey = `${parent.queue}:${parent.id}`;
    const data = {
      payload: part.payload,
      seal,
      ...(envelope.deployment === undefined ? {} : { deployment: envelope.deployment }),
    };
    await new Job(parts, part.name, data, opts, part.id).addJob(transaction, {
      parentKey,
      parentDependenciesKey: `${parentKey}:dependencies`,
    });
  }
  for (const [error, result] of (await transaction.exec()) ?? []) {
    if (error !== null) throw error;
    if (typeof result === 'number' && result < 0) {
      throw new ContrailError('INTERNAL', `Parts of ${id} could not be added: BullMQ answered ${result}.`);
    }
  }
}

/** The division of a job, if a worker made it. */
export function divisionOf(job: Job, { division }: JobEnvelope, secret: string): JobDivision | undefined {
  if (division === undefined) return undefined;
  const { seal, ...sealed } = division;
  return isSealed(secret, jobName(job), sealed, seal) ? division : undefined;
}

/** Whether a worker made this part. */
export function isSealedPart(job: Job, { payload, seal }: JobEnvelope, secret: string): boolean {
  return isSealed(secret, jobName(job), payload, seal);
}

/** How the parts of a job ended; parts that have not are left out. */
export async function endedParts(job: Job, division: JobDivision): Promise<EndedPart[]> {
  const [values, failures] = await Promise.all([job.getChildrenValues<unknown>(), job.getIgnoredChildrenFailures()]);
  const results = new Map(Object.entries(values).map(([key, result]) => [idOf(key), result]));
  const reasons = new Map(Object.entries(failures).map(([key, reason]) => [idOf(key), reason]));
  return division.ids.flatMap((id): EndedPart[] => {
    const reason = reasons.get(id);
    if (reason !== undefined) return [{ id, failure: readFailure(reason, NO_ENVELOPE) }];
    return results.has(id) ? [{ id, result: results.get(id) }] : [];
  });
}

function jobName(job: Job): string {
  return `${job.queueName} ${job.id}`;
}

/** `prefix:queue:id` → `id`; ids hold no colon. */
function idOf(key: string): string {
  return key.slice(key.lastIndexOf(':') + 1);
}
