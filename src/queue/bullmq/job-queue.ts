/** The queue on BullMQ, for producers and pages. */
import { type BulkJobOptions, Job, type Queue } from 'bullmq';
import { type Deployment, isForeign } from '../../domain/deployment.ts';
import { ContrailError } from '../../domain/errors.ts';
import type { JobKind } from '../../jobs/job-kind.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  CancelledJobs,
  EndedJobs,
  EnqueueResult,
  JobQueue,
  JobRequest,
  JobState,
  KnownJob,
  OpenJob,
  QueueCounts,
} from '../../ports/job-queue.ts';
import type { Random } from '../../ports/random.ts';
import { type MarkedJob, markCancelled } from './cancel-marks.ts';
import { connectProducer, DEFAULT_PREFIX, toRedisError } from './connection.ts';
import { END_WAITING, END_WAITING_SCRIPT, WaitingEnd } from './end-waiting.ts';
import { FIND_ENDED, FIND_ENDED_CHUNK, FIND_ENDED_SCRIPT, readEnded } from './find-ended.ts';
import { failureText, type JobEnvelope, readEnvelope } from '../job-envelope.ts';
import { checkJobId } from './job-id.ts';
import { JOB_OWNERS, JOB_OWNERS_SCRIPT, type JobOwner, readOwners } from './job-owners.ts';
import { type JobRetention, jobOptionsOf } from './job-options.ts';
import { LIST_OPEN_JOBS, LIST_OPEN_JOBS_SCRIPT, readOpenJobs } from './list-open-jobs.ts';
import { BULLMQ_STATES, toJobState, toKnownJob } from './known-job.ts';
import { ReadableQueue } from './readable-job.ts';
import { REMOVE_FINISHED, REMOVE_FINISHED_SCRIPT } from './remove-finished.ts';
import { settlesWithin } from '../settles-within.ts';
import type { QueueTelemetry } from './tracing.ts';

/** Adding is not atomic over a chunk, but ids make a repeated chunk harmless. */
const ADD_CHUNK = 1_000;
/** A renewal is one transaction, during which Redis serves nobody else. */
const RENEW_CHUNK = 100;
const FIND_CHUNK = 500;
const CANCEL_CHUNK = 500;
const CLOSE_LIMIT_MS = 2_000;

/** The reason of jobs that are cancelled before a worker takes them. */
const CANCELLED = failureText(
  new ContrailError('CANCELLED', 'The job was cancelled while it was waiting.', {
    hint: 'Published files stay. Enqueue the file again if you need it.',
  }),
);

/** Where BullMQ keeps jobs that have not ended. */
const OPEN_STATES = ['wait', 'prioritized', 'delayed', 'active', 'waiting-children'] as const;

export interface BullmqJobQueueOptions {
  /** Where Redis is: `redis://` or `rediss://`, with user, password and database number where needed. */
  readonly redisUrl: string;
  /** The kinds of job that may be enqueued, with their retry policies. */
  readonly kinds: readonly JobKind<unknown>[];
  /** Key prefix; default `contrail`. */
  readonly prefix?: string;
  /** What its jobs belong to. Where another deployment shares the prefix, ids that it has taken get ours appended. */
  readonly deployment?: Deployment;
  /** How long finished jobs are kept: default 7 days for completed ones, 30 for failed ones, at most 5,000 and 100,000 of each. */
  readonly retention?: Partial<JobRetention>;
  /** Default: no traces. */
  readonly telemetry?: QueueTelemetry;
  readonly clock: Clock;
  readonly random: Random;
}

interface Entry {
  readonly name: string;
  readonly data: JobEnvelope & { readonly nonce: string };
  readonly opts: BulkJobOptions & { readonly jobId: string };
}

/** How a job was found when it was to be cancelled. */
interface Ending {
  readonly end: WaitingEnd;
  /** What makes its worker, and those of its parts, end it. */
  readonly marks: readonly MarkedJob[];
  /** The job, if a worker or its parts hold it. */
  readonly whole?: Job;
}

/** Adds jobs; one entry for each request, also where its job was left alone. */
type PutJobs = (bullQueue: Queue, chunk: readonly JobRequest[]) => Promise<readonly Entry[]>;

interface PutResult {
  readonly added: string[];
  readonly known: string[];
  /** Those whose id another deployment has taken. */
  readonly foreign: JobRequest[];
}

interface ChunkedRequests {
  readonly queue: string;
  readonly requests: readonly JobRequest[];
  /** Requests of one round trip. */
  readonly size: number;
  readonly signal: AbortSignal;
}

/**
 * The job queue on Redis. It connects at the first call; every call ends within seconds, with REDIS_UNREACHABLE if
 * Redis is away, and the next one works again once Redis is back.
 */
export class BullmqJobQueue implements JobQueue {
  readonly #options: BullmqJobQueueOptions;
  readonly #connection: ReturnType<typeof connectProducer>;
  readonly #queues = new Map<string, Queue>();
  /** `queue:id` → the id of our own job, where another deployment has taken that id, as far as this process has met them. */
  readonly #renamed = new Map<string, string>();
  #closed: Promise<void> | undefined;

  constructor(options: BullmqJobQueueOptions) {
    this.#options = options;
    this.#connection = connectProducer(options.redisUrl);
    // Every command reports its own failure; without a listener ioredis prints lost connections.
    this.#connection.on('error', () => {});
    this.#connection.defineCommand(REMOVE_FINISHED, REMOVE_FINISHED_SCRIPT);
    this.#connection.defineCommand(FIND_ENDED, FIND_ENDED_SCRIPT);
    this.#connection.defineCommand(END_WAITING, END_WAITING_SCRIPT);
    this.#connection.defineCommand(JOB_OWNERS, JOB_OWNERS_SCRIPT);
    this.#connection.defineCommand(LIST_OPEN_JOBS, LIST_OPEN_JOBS_SCRIPT);
  }

  async enqueue(queue: string, requests: readonly JobRequest[], signal: AbortSignal): Promise<EnqueueResult> {
    return this.#inChunks({ queue, requests, size: ADD_CHUNK, signal }, async (bullQueue, chunk) => {
      const entries = chunk.map((request) => this.#entry(queue, request, 0));
      await bullQueue.addBulk(entries);
      return entries;
    });
  }

  /** Removal and adding are one transaction, so that of two concurrent renewals exactly one succeeds. */
  async renew(queue: string, requests: readonly JobRequest[], signal: AbortSignal): Promise<EnqueueResult> {
    return this.#inChunks({ queue, requests, size: RENEW_CHUNK, signal }, async (bullQueue, chunk) => {
      const kept = await this.#read(bullQueue, chunk);
      const client = await bullQueue.getBackend().client;
      const transaction = client.multi();
      const entries: Entry[] = [];
      for (const [index, request] of chunk.entries()) {
        const old = kept[index];
        const entry = this.#entry(queue, request, old === undefined ? 0 : failedRoundsAfter(old));
        entries.push(entry);
        if (this.#isForeign(old)) continue;
        const seenNonce = old === undefined ? '' : (readEnvelope(old.data).nonce ?? '');
        transaction.runCommand(REMOVE_FINISHED, [bullQueue.toKey(''), request.id, seenNonce]);
        await new Job(bullQueue, entry.name, entry.data, entry.opts, request.id).addJob(transaction);
      }
      for (const [error] of (await transaction.exec()) ?? []) if (error !== null) throw error;
      return entries;
    });
  }

  async find(queue: string, ids: readonly string[], signal: AbortSignal): Promise<KnownJob[]> {
    const bullQueue = this.#queue(queue);
    const found: KnownJob[] = [];
    for (const chunk of chunksOf(ids, FIND_CHUNK)) {
      signal.throwIfAborted();
      const jobs = await this.#ask(`looking for jobs of ${queue}`, async () => {
        const owners = await this.#owners(bullQueue, chunk);
        const kept = chunk.filter((_id, index) => owners[index] !== undefined);
        return Promise.all(kept.map((id) => this.#look(bullQueue, id)));
      });
      found.push(...jobs.filter((job) => job !== undefined));
    }
    return found;
  }

  async findEnded(queue: string, ids: readonly string[], signal: AbortSignal): Promise<EndedJobs> {
    const bullQueue = this.#queue(queue);
    const ended: KnownJob[] = [];
    const gone: string[] = [];
    const names = new Map(ids.map((id) => [this.#renamed.get(`${queue}:${id}`) ?? id, id]));
    for (const chunk of chunksOf([...names.keys()], FIND_ENDED_CHUNK)) {
      signal.throwIfAborted();
      const answer = await this.#ask(`following jobs of ${queue}`, async () => {
        const client = await bullQueue.getBackend().client;
        return client.runCommand(FIND_ENDED, [bullQueue.toKey(''), this.#options.random.uuid(), ...chunk]);
      });
      const found = readEnded(queue, answer, this.#options.deployment);
      ended.push(...found.ended.map((job) => ({ ...job, id: names.get(job.id) ?? job.id })));
      gone.push(...found.gone.map((id) => names.get(id) ?? id));
    }
    return { ended, gone };
  }

  openIds(queue: string, signal: AbortSignal): Promise<string[]> {
    signal.throwIfAborted();
    return this.#ask(`listing jobs of ${queue}`, () => this.#queue(queue).getRanges([...OPEN_STATES], 0, -1));
  }

  openJobs(queue: string, signal: AbortSignal): Promise<OpenJob[]> {
    signal.throwIfAborted();
    const bullQueue = this.#queue(queue);
    return this.#ask(`listing jobs of ${queue}`, async () => {
      const client = await bullQueue.getBackend().client;
      const { deployment } = this.#options;
      return readOpenJobs(await client.runCommand(LIST_OPEN_JOBS, [bullQueue.toKey(''), deployment?.id ?? '']));
    });
  }

  async cancel(queue: string, ids: readonly string[], signal: AbortSignal): Promise<CancelledJobs> {
    const bullQueue = this.#queue(queue);
    const result = { ended: [] as string[], stopping: [] as string[], over: [] as string[] };
    for (const chunk of chunksOf([...new Set(ids)], CANCEL_CHUNK)) {
      signal.throwIfAborted();
      await this.#ask(`cancelling jobs of ${queue}`, async () => {
        const ends = await Promise.all(chunk.map((id) => this.#endWaiting(bullQueue, id)));
        const { prefix = DEFAULT_PREFIX, clock } = this.#options;
        await markCancelled(
          this.#connection,
          prefix,
          ends.flatMap(({ marks }) => marks),
          clock.now(),
        );
        // After the marks: the whole goes on when its last part is gone, and must be found cancelled then.
        for (const { whole } of ends) if (whole !== undefined) await this.#removeParts(whole);
        for (const [index, { end }] of ends.entries()) {
          const place = end === 'ended' ? result.ended : end === 'held' ? result.stopping : result.over;
          place.push(chunk[index] ?? '');
        }
      });
    }
    return result;
  }

  /** Ends a job that waits. */
  async #endWaiting(bullQueue: Queue, id: string): Promise<Ending> {
    const found = await bullQueue.getJob(id);
    const job = this.#isForeign(found) ? await bullQueue.getJob(this.#ownId(id)) : found;
    if (job?.id === undefined) return { end: 'gone', marks: [] };
    const { nonce = '', division } = readEnvelope(job.data);
    const client = await bullQueue.getBackend().client;
    const end = WaitingEnd.parse(
      await client.runCommand(END_WAITING, [bullQueue.toKey(''), job.id, nonce, this.#options.clock.now(), CANCELLED]),
    );
    if (end !== 'held') return { end, marks: [] };
    const parts = (division?.ids ?? []).map((part) => ({ queue: division?.queue ?? '', id: part, nonce: '' }));
    return { end, marks: [{ queue: bullQueue.name, id: job.id, nonce }, ...parts], whole: job };
  }

  /** Those that no worker holds. They may be put off for hours, as when no worker knows their version. */
  async #removeParts(whole: Job): Promise<void> {
    const { division } = readEnvelope(whole.data);
    const parentKey = `${whole.queueQualifiedName}:${whole.id}`;
    for (const id of division?.ids ?? []) {
      const part = await this.#queue(division?.queue ?? '').getJob(id);
      if (part?.parentKey !== parentKey || part.finishedOn !== undefined) continue;
      // A worker that has taken it meanwhile ends it by its mark.
      await part.remove().catch(() => undefined);
    }
  }

  async list(queue: string, states: readonly JobState[], limit: number): Promise<KnownJob[]> {
    if (limit < 1) return [];
    const bullQueue = this.#queue(queue);
    const lists = await this.#ask(`listing jobs of ${queue}`, () =>
      Promise.all(
        [...new Set(states)].map(async (state) => {
          const jobs = await bullQueue.getJobs([...BULLMQ_STATES[state]], 0, limit - 1);
          return jobs.map((job) => toKnownJob(queue, job, state));
        }),
      ),
    );
    return lists
      .flat()
      .sort((a, b) => (b.finishedAt ?? b.enqueuedAt) - (a.finishedAt ?? a.enqueuedAt))
      .slice(0, limit);
  }

  async counts(queue: string): Promise<QueueCounts> {
    const bullQueue = this.#queue(queue);
    const [counts, isPaused] = await this.#ask(`counting jobs of ${queue}`, () =>
      Promise.all([bullQueue.getJobCounts(), bullQueue.isPaused()]),
    );
    const of = (state: JobState) => BULLMQ_STATES[state].reduce((sum, name) => sum + (counts[name] ?? 0), 0);
    const waiting = of('waiting');
    return {
      waiting: isPaused ? 0 : waiting,
      paused: isPaused ? waiting : 0,
      active: of('active'),
      delayed: of('delayed'),
      completed: of('completed'),
      failed: of('failed'),
      isPaused,
    };
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    if (this.#connection.status === 'ready') {
      // An orderly end where Redis answers; where it does not, there is nothing to be orderly about.
      await settlesWithin(this.#connection.quit(), CLOSE_LIMIT_MS, this.#options.clock);
    }
    this.#connection.disconnect();
  }

  /** The job of that id; if another deployment has the id, our own job instead. */
  async #look(bullQueue: Queue, id: string, jobId = id): Promise<KnownJob | undefined> {
    const state = toJobState(await bullQueue.getJobState(jobId));
    const job = await bullQueue.getJob(jobId);
    if (this.#isForeign(job)) return jobId === id ? this.#look(bullQueue, id, this.#rename(bullQueue, id)) : undefined;
    return job === undefined || state === undefined ? undefined : { ...toKnownJob(bullQueue.name, job, state), id };
  }

  #isForeign(job: Job<unknown> | undefined): boolean {
    return job !== undefined && isForeign(readEnvelope(job.data).deployment, this.#options.deployment);
  }

  #rename({ name }: Queue, id: string): string {
    const ownId = this.#ownId(id);
    this.#renamed.set(`${name}:${id}`, ownId);
    return ownId;
  }

  #ownId(id: string): string {
    return `${id}.${this.#options.deployment?.id.slice(0, 8)}`;
  }

  async #inChunks({ queue, requests, size, signal }: ChunkedRequests, put: PutJobs): Promise<EnqueueResult> {
    const bullQueue = this.#queue(queue);
    const unique = [...new Map(requests.map((request) => [request.id, request])).values()];
    const result: PutResult = { added: [], known: [], foreign: [] };
    for (const chunk of chunksOf(unique, size)) {
      signal.throwIfAborted();
      await this.#ask(`enqueuing jobs of ${queue}`, async () => {
        await this.#put(bullQueue, chunk, put, result);
        const foreign = result.foreign.splice(0);
        if (foreign.length === 0) return;
        const ids = new Map(foreign.map((request) => [this.#rename(bullQueue, request.id), request.id]));
        const again: PutResult = { added: [], known: [], foreign: [] };
        const renamed = foreign.map((request) => ({ ...request, id: this.#ownId(request.id) }));
        await this.#put(bullQueue, renamed, put, again);
        result.added.push(...again.added.map((id) => ids.get(id) ?? id));
        result.known.push(...again.known.map((id) => ids.get(id) ?? id));
      });
    }
    return { added: result.added, known: result.known };
  }

  async #put(bullQueue: Queue, chunk: readonly JobRequest[], put: PutJobs, result: PutResult): Promise<void> {
    const entries = await put(bullQueue, chunk);
    const ids = chunk.map((request) => request.id);
    const owners = await this.#owners(bullQueue, ids);
    for (const [index, request] of chunk.entries()) {
      const owner = owners[index];
      const { deployment } = this.#options;
      // A job that is gone again was taken, done and cleared away meanwhile, so it was there.
      const isOurs = owner === undefined || owner.nonce === entries[index]?.data.nonce;
      if (isOurs) result.added.push(request.id);
      else if (deployment !== undefined && !['', deployment.id].includes(owner.deployment))
        result.foreign.push(request);
      else result.known.push(request.id);
    }
  }

  #entry(queue: string, request: JobRequest, failedRounds: number): Entry {
    const kind = this.#options.kinds.find((candidate) => candidate.queue === queue);
    if (kind === undefined) throw new ContrailError('INTERNAL', `No kind of job is known for the queue ${queue}.`);
    checkJobId(request.id);
    return {
      name: request.name,
      data: {
        payload: request.payload ?? null,
        ...(this.#options.deployment === undefined ? {} : { deployment: this.#options.deployment }),
        ...(request.backfill === undefined ? {} : { backfill: request.backfill }),
        nonce: this.#options.random.uuid(),
        failedRounds,
        crashesForgiven: 0,
      },
      opts: {
        ...jobOptionsOf(kind, this.#options.retention),
        jobId: request.id,
        ...(request.delayMs === undefined ? {} : { delay: request.delayMs }),
        ...(request.priority === undefined ? {} : { priority: request.priority }),
      },
    };
  }

  async #owners(bullQueue: Queue, ids: readonly string[]): Promise<(JobOwner | undefined)[]> {
    const client = await bullQueue.getBackend().client;
    return readOwners(await client.runCommand(JOB_OWNERS, [bullQueue.toKey(''), ...ids]));
  }

  #read(bullQueue: Queue, requests: readonly JobRequest[]): Promise<(Job<unknown> | undefined)[]> {
    return Promise.all(requests.map(({ id }) => bullQueue.getJob(id)));
  }

  #queue(name: string): Queue {
    const existing = this.#queues.get(name);
    if (existing !== undefined) return existing;
    const { telemetry } = this.#options;
    const queue = new ReadableQueue(name, {
      connection: this.#connection,
      ...(telemetry === undefined ? {} : { telemetry }),
      prefix: this.#options.prefix ?? DEFAULT_PREFIX,
      // Without these two a Redis that is away at the first call would make the queue useless for good.
      skipWaitingForReady: true,
      skipVersionCheck: true,
      skipMetasUpdate: true,
    });
    queue.on('error', () => {});
    this.#queues.set(name, queue);
    return queue;
  }

  async #ask<Answer>(doing: string, question: () => Promise<Answer>): Promise<Answer> {
    try {
      return await question();
    } catch (error) {
      throw toRedisError(this.#options.redisUrl, doing, error);
    }
  }
}

/** A job that succeeded starts the count again. */
function failedRoundsAfter(job: Job<unknown>): number {
  return job.failedReason === undefined || job.returnvalue !== null ? 0 : readEnvelope(job.data).failedRounds + 1;
}

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
