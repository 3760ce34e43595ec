/** Jobs that were asked for: their ids, states, results, as jobs.get tells them. */
import { randomUUID } from 'node:crypto';
import type { Catalog, StoredTable } from './catalog.ts';
import type { Counters } from './counters.ts';
import { RefusedError } from './statuses.ts';

export interface JobError {
  readonly reason: string;
  readonly message: string;
}

export interface Job {
  readonly id: string;
  readonly type: 'QUERY' | 'LOAD';
  readonly createdMs: number;
  /** When it is done. */
  readonly doneMs: number;
  readonly configuration: Readonly<Record<string, unknown>>;
  /** `statistics.query` or `statistics.load`. */
  readonly statistics: Readonly<Record<string, unknown>>;
  readonly error: JobError | undefined;
  /** The table with a query's rows. */
  readonly result: StoredTable | undefined;
  readonly bytes: number;
}

export type NewJob = Omit<Job, 'id' | 'createdMs' | 'doneMs'> & {
  readonly id?: string | undefined;
  readonly ms: number;
};

const MEGABYTE = 2 ** 20;
const MULTI_REGIONS = new Set(['US', 'EU']);
const LEAST_BILLED = 10 * MEGABYTE;

/** What a query that reads so many bytes is billed. */
export function billedBytes(bytes: number): number {
  return bytes === 0 ? 0 : Math.max(LEAST_BILLED, Math.ceil(bytes / MEGABYTE) * MEGABYTE);
}

export class JobBook {
  readonly #catalog: Catalog;
  readonly #counters: Counters;
  readonly #jobs = new Map<string, Job>();
  /** Ids of queries that had not ended at the last look. */
  readonly #running = new Set<string>();

  constructor(catalog: Catalog, counters: Counters) {
    this.#catalog = catalog;
    this.#counters = counters;
  }

  /** Throws the 409 for an id that was used before: to be asked before the work is done. */
  checkNew(id: string | undefined): void {
    if (id === undefined || !this.#jobs.has(id)) return;
    const { project, location } = this.#catalog;
    throw new RefusedError({ code: 'ALREADY_EXISTS', message: `Already Exists: Job ${project}:${location}.${id}` });
  }

  add({ id, ms, ...job }: NewJob): Job {
    const createdMs = Date.now();
    const added: Job = { ...job, id: id ?? `job_${randomUUID()}`, createdMs, doneMs: createdMs + ms };
    this.#jobs.set(added.id, added);
    if (added.type === 'QUERY') this.#countQueries(added);
    return added;
  }

  /** Outside the multi-regions a job is found only by those who say where it is. */
  find(id: string, location: string | null): Job {
    const isHere = location === null ? MULTI_REGIONS.has(this.#catalog.location) : this.#isAt(location);
    return this.get(isHere ? id : '');
  }

  #isAt(location: string): boolean {
    return location.toUpperCase() === this.#catalog.location.toUpperCase();
  }

  get(id: string): Job {
    const job = this.#jobs.get(id);
    if (job !== undefined) return job;
    const { project, location } = this.#catalog;
    throw new RefusedError({ code: 'NOT_FOUND', message: `Not found: Job ${project}:${location}.${id}` });
  }

  remove(id: string): void {
    this.get(id);
    this.#jobs.delete(id);
    this.#running.delete(id);
  }

  /** The newest first, as jobs.list. */
  get all(): Job[] {
    return [...this.#jobs.values()].reverse();
  }

  /** Ends a job that runs. */
  cancel(id: string): Job {
    const job = this.get(id);
    if (isDone(job)) return job;
    const error = { reason: 'stopped', message: 'Job execution was cancelled: User requested cancellation' };
    const cancelled: Job = { ...job, doneMs: Date.now(), error };
    this.#jobs.set(id, cancelled);
    return cancelled;
  }

  #countQueries({ id: added }: Job): void {
    this.#running.add(added);
    for (const id of this.#running) if (isDone(this.get(id))) this.#running.delete(id);
    this.#counters.goingOn('mostQueries', this.#running.size);
  }

  reference(id: string): { readonly projectId: string; readonly jobId: string; readonly location: string } {
    return { projectId: this.#catalog.project, jobId: id, location: this.#catalog.location };
  }

  /** The resource of jobs.get. */
  resource(job: Job): Readonly<Record<string, unknown>> {
    const { id, error, createdMs, doneMs, bytes } = job;
    const isComplete = isDone(job);
    const { project, location } = this.#catalog;
    return {
      kind: 'bigquery#job',
      id: `${project}:${location}.${id}`,
      selfLink: `/bigquery/v2/projects/${project}/jobs/${id}?location=${location}`,
      user_email: 'replay@example.test',
      jobReference: this.reference(id),
      configuration: { jobType: job.type, ...job.configuration },
      status: {
        state: isComplete ? 'DONE' : 'RUNNING',
        ...(isComplete && error !== undefined ? { errorResult: error, errors: [error] } : {}),
      },
      statistics: {
        creationTime: String(createdMs),
        startTime: String(createdMs),
        ...(isComplete ? { endTime: String(doneMs) } : {}),
        totalBytesProcessed: String(bytes),
        totalSlotMs: String(doneMs - createdMs),
        ...job.statistics,
      },
    };
  }
}

/** Whether its time is over. */
export function isDone({ doneMs }: Job): boolean {
  return Date.now() >= doneMs;
}
