/** A job whose work is divided: its parts are children in another queue, and it waits until they have ended. */
import type { Job, Queue } from 'bullmq';
import type { JobOutcome } from '../domain/outcome.ts';
import type { EndedPart } from '../jobs/job-handler.ts';
import { type JobDivision, type JobEnvelope, readFailure } from './job-envelope.ts';

type Divided = Extract<JobOutcome, { kind: 'divided' }>;

/** Notes the parts in the job, then adds those that are not there yet: a repeat after a crash adds the rest. */
export async function addParts(job: Job, envelope: JobEnvelope, outcome: Divided, parts: Queue): Promise<void> {
  const division: JobDivision = {
    queue: outcome.queue,
    ids: outcome.parts.map((part) => part.id),
    state: outcome.state,
  };
  await job.updateData({ ...envelope, division });
  const parent = { id: job.id ?? '', queue: job.queueQualifiedName };
  await parts.addBulk(
    outcome.parts.map(({ id, name, payload }) => ({
      name,
      data: { payload, ...(envelope.deployment === undefined ? {} : { deployment: envelope.deployment }) },
      // A part that fails ends the wait like one that is done: the whole decides what that means.
      opts: { jobId: id, parent, ignoreDependencyOnFailure: true },
    })),
  );
}

/** How the parts of a job ended; those that have not are left out. */
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

const NO_ENVELOPE: JobEnvelope = { payload: undefined, failedRounds: 0, crashesForgiven: 0 };

/** `prefix:queue:id` → `id`; ids hold no colon. */
function idOf(key: string): string {
  return key.slice(key.lastIndexOf(':') + 1);
}
