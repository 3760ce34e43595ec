/** Reports jobs that belong to another deployment. */
import type { Deployment } from '../domain/deployment.ts';
import type { Log } from '../ports/log.ts';

/** Jobs beyond this number are noted twice, which is harmless. */
const NOTES_KEPT = 10_000;

export interface ForeignJobsOptions {
  readonly deployment: Deployment | undefined;
  readonly log: Log;
}

/** A job, and the log that people read beside it. */
export interface NotableJob {
  readonly queue: string;
  readonly id: string;
  note(line: string): void;
}

export class ForeignJobs {
  readonly #options: ForeignJobsOptions;
  readonly #warnedOf = new Set<string>();
  readonly #noted = new Set<string>();

  constructor(options: ForeignJobsOptions) {
    this.#options = options;
  }

  /** Reports why a job is returned: once per deployment, and once in the log of each job. */
  note(job: NotableJob, owner: Deployment): void {
    const { deployment, log } = this.#options;
    const problem = `Job ${job.id} of ${job.queue} belongs to ${owner.name}; this worker serves ${deployment?.name}. It is put back for a worker of its own.`;
    if (!this.#warnedOf.has(owner.id)) {
      this.#warnedOf.add(owner.id);
      const hint = 'Give each deployment a CONTRAIL_QUEUE_PREFIX of its own, or start workers for both.';
      log.warn({ queue: job.queue, jobId: job.id, problem, hint }, 'jobs of another deployment are in the queue');
    }
    if (this.#noted.has(job.id)) return;
    if (this.#noted.size >= NOTES_KEPT) this.#noted.clear();
    this.#noted.add(job.id);
    job.note(problem);
  }
}
