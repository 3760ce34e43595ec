/** What a worker says of jobs that belong to another deployment, and for how long it puts them back. */
import type { Deployment } from '../domain/deployment.ts';
import { errorText } from '../domain/errors.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from './backoff.ts';

/** Long enough for workers of both deployments to look at thousands of each other's jobs without being kept busy. */
const LONGEST_PAUSE_MS = 30_000;
/** Jobs beyond are noted a second time, which is harmless. */
const NOTES_KEPT = 10_000;

export interface ForeignJobsOptions {
  readonly deployment?: Deployment;
  readonly log: Log;
  readonly random: Random;
}

/** A job, and the log that people read beside it. */
export interface NotableJob {
  readonly queue: string;
  readonly id: string;
  readonly note: (line: string) => Promise<unknown>;
}

export class ForeignJobs {
  readonly #options: ForeignJobsOptions;
  readonly #warnedOf = new Set<string>();
  readonly #noted = new Set<string>();

  constructor(options: ForeignJobsOptions) {
    this.#options = options;
  }

  /** Says once for each deployment, and once in the log of each job, why it is refused; returns how long it waits, ms. */
  async refuse(job: NotableJob, owner: Deployment): Promise<number> {
    const { deployment, log, random } = this.#options;
    const problem = `Job ${job.id} of ${job.queue} belongs to ${owner.name}; this worker serves ${deployment?.name}. It is put back for a worker of its own.`;
    if (!this.#warnedOf.has(owner.id)) {
      this.#warnedOf.add(owner.id);
      const hint = 'Give each deployment a CONTRAIL_QUEUE_PREFIX of its own, or start workers for both.';
      log.warn({ queue: job.queue, jobId: job.id, problem, hint }, 'jobs of another deployment are in the queue');
    }
    if (!this.#noted.has(job.id)) await this.#note(job, problem);
    return Math.ceil(LONGEST_PAUSE_MS * (1 + random()) * 0.5);
  }

  async #note(job: NotableJob, problem: string): Promise<void> {
    if (this.#noted.size >= NOTES_KEPT) this.#noted.clear();
    this.#noted.add(job.id);
    try {
      await job.note(problem);
    } catch (error) {
      this.#options.log.debug({ jobId: job.id, error: errorText(error) }, 'a note on a job was not written');
    }
  }
}
