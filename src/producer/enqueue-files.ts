/**
 * Enqueues due files. Ids are made from the work, so enqueuing it twice, even by two producers at once, makes one job. A
 * queue ignores a job whose id it still keeps, so kept jobs are looked at first.
 */
import type { WallClock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { JobQueue, JobReference, JobRequest, KnownJob } from '../ports/job-queue.ts';
import { type EnqueueOptions as KeptJobOptions, isOfAnotherVersion, reasonToWait } from './kept-job.ts';
import { type DueFile, type JobReason, nameOfFile, PRODUCTS } from './product-plan.ts';

export interface EnqueueDependencies {
  readonly queue: Pick<JobQueue, 'find' | 'enqueue' | 'renew'>;
  readonly clock: WallClock;
  readonly random: Random;
}

export interface EnqueueOptions extends KeptJobOptions {
  /** The priority of a file's job; default: none, which is before all others. */
  readonly priorityOf?: (due: DueFile) => number;
}

export interface EnqueuedFile {
  readonly due: DueFile;
  readonly jobId: string;
}

export interface EnqueueReport {
  readonly enqueued: readonly EnqueuedFile[];
  /** Files that were not enqueued because they are queued already or failed recently, with the reason. */
  readonly skipped: readonly (EnqueuedFile & { readonly reason: string })[];
}

/** One product after another, so that metadata jobs know the jobs they wait for. */
export async function enqueueFiles(
  deps: EnqueueDependencies,
  due: readonly DueFile[],
  options: EnqueueOptions,
  signal: AbortSignal,
): Promise<EnqueueReport> {
  const wanted = due.map((file) => ({
    due: file,
    jobId: file.jobId(file.reason === 'forced' ? nonce(deps.random) : undefined),
  }));
  const reasons = new Map<EnqueuedFile, string>();
  for (const product of PRODUCTS) {
    const files = wanted.filter((entry) => entry.due.product === product);
    const after = product === 'metadata' ? resultsByExperiment(wanted) : new Map<string, JobReference[]>();
    for (const [entry, reason] of await enqueueProduct(deps, { files, after, options, signal })) {
      reasons.set(entry, reason);
    }
  }
  return {
    enqueued: wanted.filter((entry) => !reasons.has(entry)),
    skipped: wanted.flatMap((entry) => {
      const reason = reasons.get(entry);
      return reason === undefined ? [] : [{ ...entry, reason }];
    }),
  };
}

interface ProductRequest {
  readonly files: readonly EnqueuedFile[];
  readonly after: ReadonlyMap<string, readonly JobReference[]>;
  readonly options: EnqueueOptions;
  readonly signal: AbortSignal;
}

/** Enqueues files of one queue. Returns those that it did not enqueue, with the reason. */
async function enqueueProduct(
  { queue, clock }: EnqueueDependencies,
  { files, after, options, signal }: ProductRequest,
): Promise<Map<EnqueuedFile, string>> {
  const reasons = new Map<EnqueuedFile, string>();
  const queueName = files[0]?.due.queue;
  if (queueName === undefined) return reasons;
  const byId = new Map(files.map((entry) => [entry.jobId, entry]));
  const kept = new Map((await queue.find(queueName, [...byId.keys()], signal)).map((job) => [job.id, job]));
  const fresh: JobRequest[] = [];
  const again: JobRequest[] = [];
  for (const entry of files) {
    const job = kept.get(entry.jobId);
    const request = requestFor(entry, job, after.get(entry.due.experiment) ?? []);
    const isReplaced = job !== undefined && isOfAnotherVersion(job, request.payload);
    const reason = job === undefined || isReplaced ? undefined : reasonToWait(job, options, clock.now());
    if (reason !== undefined) reasons.set(entry, reason);
    else {
      (job === undefined ? fresh : again).push({
        ...request,
        ...(options.priorityOf && { priority: options.priorityOf(entry.due) }),
      });
    }
  }
  const added = await queue.enqueue(queueName, fresh, signal);
  const renewed = await queue.renew(queueName, again, signal);
  for (const id of [...added.known, ...renewed.known]) {
    const entry = byId.get(id);
    if (entry !== undefined) reasons.set(entry, 'already queued');
  }
  return reasons;
}

function requestFor(
  { due, jobId }: EnqueuedFile,
  kept: KnownJob | undefined,
  after: readonly JobReference[],
): JobRequest {
  return { id: jobId, name: nameOfFile(due), payload: due.payload(reasonFor(due, kept), after) };
}

function reasonFor(due: DueFile, kept: KnownJob | undefined): JobReason {
  if (kept === undefined || kept.parked !== undefined) return due.reason;
  return kept.state === 'failed' ? 'retried' : 'missing';
}

/** Jobs of each experiment's results that are due together with its metadata. */
function resultsByExperiment(files: readonly EnqueuedFile[]): Map<string, JobReference[]> {
  const jobs = new Map<string, JobReference[]>();
  for (const { due, jobId } of files) {
    if (due.product === 'metadata') continue;
    jobs.set(due.experiment, [...(jobs.get(due.experiment) ?? []), { queue: due.queue, id: jobId }]);
  }
  return jobs;
}

function nonce(random: Random): string {
  return random.uuid().slice(0, 8);
}
