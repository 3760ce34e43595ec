/**
 * Jobs whose payload another version of Contrail has made. During a deploy both versions run, and after it, the new one may
 * have been taken back. Such jobs wait for a worker that knows them, with longer and longer pauses.
 */
import { z } from 'zod';
import { quote } from '../domain/slug.ts';
import { CONTRAIL_VERSION } from '../domain/version.ts';
import type { JobKind } from '../jobs/job-kind.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { Step, TakenJob } from './attempt.ts';
import { throttleDelayMs, type ThrottlePolicy } from './backoff.ts';

/** What all payloads say of their form. */
const PayloadForm = z.object({ version: z.int().min(1), task: z.string().max(200).optional() });

/** More reasons than there are kinds and tasks; beyond them, they are told again. */
const REASONS_KEPT = 1_000;

export interface Parking {
  readonly policy: ThrottlePolicy;
  /** By the queue's clock. */
  readonly now: number;
  readonly random: Pick<Random, 'fraction'>;
}

/** The step that puts a job off whose payload has a version, or a task, that this process does not know. */
export function parkUnknown(job: TakenJob, kind: JobKind<unknown>, { policy, now, random }: Parking): Step | undefined {
  const form = unknownForm(job.envelope.payload, kind);
  if (form === undefined) return undefined;
  const { times, since } = job.envelope.parked ?? { times: 0, since: Math.round(now) };
  const reason = `Contrail ${CONTRAIL_VERSION} does not know ${form} of the queue ${job.queue}. The job waits for a worker of the version that made it.`;
  return {
    verdict: { kind: 'snooze', delayMs: throttleDelayMs(policy, times + 1, random.fraction()) },
    told: { hook: 'onParked', reason },
    ...(times === 0 ? { note: reason } : {}),
    envelope: { ...job.envelope, parked: { times: times + 1, since, reason } },
  };
}

function unknownForm(payload: unknown, kind: JobKind<unknown>): string | undefined {
  const { error } = kind.payload.safeParse(payload);
  if (error === undefined) return undefined;
  const form = PayloadForm.safeParse(payload);
  if (!form.success) return undefined;
  const isUnknown = (field: string): boolean => error.issues.some(({ path }) => path.length === 1 && path[0] === field);
  const { version, task } = form.data;
  if (isUnknown('version')) return `version ${version} of the payloads`;
  return task !== undefined && isUnknown('task') ? `the task ${quote(task)}` : undefined;
}

/** Says once for each reason that jobs are parked. */
export class ParkedJobs {
  readonly #log: Log;
  readonly #told = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  tell(job: Pick<TakenJob, 'queue' | 'id'>, problem: string): void {
    if (this.#told.has(problem)) return;
    if (this.#told.size >= REASONS_KEPT) this.#told.clear();
    this.#told.add(problem);
    const hint = 'Update the workers. If the newer version was taken back, the next scan replaces the jobs of files.';
    this.#log.warn(
      { queue: job.queue, jobId: job.id, problem, hint },
      'jobs of another version of Contrail are put off',
    );
  }
}
