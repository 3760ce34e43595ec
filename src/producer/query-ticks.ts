/**
 * Enqueues configured queries when they are due. Only the newest tick is: those that passed while no scheduler ran are not
 * caught up, and one that finds the former run still going is dropped.
 */
import { lastTick } from '../domain/query-export/cadence.ts';
import type { Cadence } from '../domain/query-export/query-export.ts';
import { MONITORING_JOB, queryJobId, type QueryPayload } from '../jobs/monitoring-job.ts';
import type { JobQueue, JobRequest, KnownJob } from '../ports/job-queue.ts';

export interface ScheduledQuery {
  readonly name: string;
  readonly cadence: Cadence;
}

interface TicksRequest {
  readonly now: number;
  readonly queries: readonly ScheduledQuery[];
  /** Jobs that are waiting or running. */
  readonly unfinished: readonly KnownJob[];
  readonly signal: AbortSignal;
}

export interface DueQueries {
  readonly due: readonly JobRequest<QueryPayload>[];
  /** Failed runs to be tried once more. */
  readonly again: readonly JobRequest<QueryPayload>[];
}

/** A run of a long query may go on for this many ticks and still be known. */
const FORMER_TICKS = 3;
/** As for other daily work (spec: monitoring, table of tables). */
const BETWEEN_TRIES_MS = 30 * 60_000;
const MOST_TRIES = 3;
/** Failures that may pass without a change of the query or its data. */
const PASSING: readonly string[] = ['transient', 'environment'];

export async function dueQueries(queue: JobQueue, request: TicksRequest): Promise<DueQueries> {
  const { now, queries, unfinished, signal } = request;
  const ticks = queries.flatMap(({ name, cadence }) => {
    const [tick, ...former] = ticksBefore(cadence, now);
    return tick === undefined ? [] : [{ name, tick, former }];
  });
  const ids = ticks.flatMap(({ name, tick, former }) => [tick, ...former].map((at) => queryJobId({ name, tick: at })));
  const known = new Map((await queue.find(MONITORING_JOB.queue, ids, signal)).map((job) => [job.id, job]));
  const busy = new Set(unfinished.map(({ id }) => queryOf(id)));
  const due: JobRequest<QueryPayload>[] = [];
  const again: JobRequest<QueryPayload>[] = [];
  for (const { name, tick, former } of ticks) {
    if (busy.has(name)) continue;
    const job = known.get(queryJobId({ name, tick }));
    if (job !== undefined && isWorthRetrying(job, now)) again.push(requestOf(name, tick));
    const formerJobs = former.map((at) => known.get(queryJobId({ name, tick: at })));
    // It ran when this tick came.
    const isDropped = formerJobs.some((one) => (one?.finishedAt ?? 0) > tick);
    if (job === undefined && !isDropped) due.push(requestOf(name, tick));
  }
  return { due, again };
}

/** The newest tick and some before it. */
function ticksBefore(cadence: Cadence, now: number): number[] {
  const ticks: number[] = [];
  for (let tick = lastTick(cadence, now); tick !== undefined && ticks.length <= FORMER_TICKS;) {
    ticks.push(tick);
    tick = lastTick(cadence, tick - 1);
  }
  return ticks;
}

function isWorthRetrying({ state, failure, finishedAt = 0 }: KnownJob, now: number): boolean {
  if (state !== 'failed' || failure === undefined || !PASSING.includes(failure.class)) return false;
  // Also if it ended long after now: the clock was set back.
  return failure.rounds < MOST_TRIES && Math.abs(now - finishedAt) >= BETWEEN_TRIES_MS;
}

function requestOf(name: string, tick: number): JobRequest<QueryPayload> {
  return {
    id: queryJobId({ name, tick }),
    name: `query ${name} ${new Date(tick).toISOString()}`,
    payload: { version: 1, task: 'query', name, tick },
  };
}

/** The query of a job; undefined for other tasks. */
function queryOf(id: string): string | undefined {
  const [task, name] = id.split('.');
  return task === 'query' ? name : undefined;
}
