/**
 * Enqueues repeated work when it is due. Ids are made from the tick, so several schedulers make one job. A tick is dropped
 * if its task is still waiting or running.
 */
import { MONITORING_JOB, monitoringJobId, type MonitoringPayload, type QueryPayload } from '../jobs/monitoring-job.ts';
import { dayOf, MS_PER_DAY } from '../domain/utc-time.ts';
import type { WallClock } from '../ports/clock.ts';
import type { JobQueue, JobRequest, KnownJob } from '../ports/job-queue.ts';
import { isOfAnotherVersion } from './kept-job.ts';
import { dueQueries, type ScheduledQuery } from './query-ticks.ts';

export interface MonitoringSchedule {
  /** Milliseconds between imports of the list of experiments. */
  readonly importExperimentsMs: number;
  readonly checkAlertsMs: number;
  /** Milliseconds from midnight UTC to the daily work. */
  readonly dailyAfterMs: number;
  /** The configured queries that are enabled. */
  readonly queries: readonly ScheduledQuery[];
}

type TaskPayload = Exclude<MonitoringPayload, QueryPayload>;

export interface TickDependencies {
  readonly queue: JobQueue;
  readonly clock: WallClock;
}

/** Failed daily work is retried twice, half an hour apart (spec: monitoring, table of tables). */
const DAILY_TRIES = 3;
const BETWEEN_TRIES_MS = 30 * 60_000;
/** What payloads of this version say. */
const OURS = { version: 1 };
const MOST_UNFINISHED = 1_000;
/** Tolerance for schedulers whose clocks differ by less than a tick: a tick from the other's clock is not a clock set back. */
const TICKS_AHEAD = 2;

/** Enqueues what is due now and returns the ids. */
export async function enqueueTicks(
  { queue, clock }: TickDependencies,
  schedule: MonitoringSchedule,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const now = clock.now();
  const open = await queue.list(MONITORING_JOB.queue, ['waiting', 'active', 'delayed'], MOST_UNFINISHED);
  const unfinished = open.filter((job) => !isOfAnotherVersion(job, OURS));
  const busy = new Set(unfinished.map((job) => taskOf(job.id)));
  const regular = await regularTicks(queue, { now, schedule, signal });
  const daily = await dailyTicks(queue, { now, schedule, signal });
  const due = [...regular, ...daily].filter((request) => !busy.has(taskOf(request.id)));
  const queries = await dueQueries(queue, { now, queries: schedule.queries, unfinished, signal });
  const { added } = await queue.enqueue(MONITORING_JOB.queue, [...due, ...queries.due], signal);
  const renewed = await queue.renew(MONITORING_JOB.queue, queries.again, signal);
  return [...added, ...renewed.added];
}

/** Known later ticks mean that the clock was set back. Repeated ticks get other ids, or they would be ignored. */
async function regularTicks(queue: JobQueue, { now, schedule, signal }: TicksRequest): Promise<JobRequest[]> {
  const ticks = [
    { task: 'import-experiments', tick: Math.floor(now / schedule.importExperimentsMs) },
    { task: 'check-alerts', tick: Math.floor(now / schedule.checkAlertsMs) },
  ] as const;
  const later = ticks.map(({ task, tick }) => monitoringJobId(task, String(tick + TICKS_AHEAD)));
  const known = new Set((await queue.find(MONITORING_JOB.queue, later, signal)).map(({ id }) => taskOf(id)));
  return ticks.map(({ task, tick }) => requestOf({ version: 1, task }, known.has(task) ? `${tick}.again` : `${tick}`));
}

interface TicksRequest {
  readonly now: number;
  readonly schedule: MonitoringSchedule;
  readonly signal: AbortSignal;
}

async function dailyTicks(queue: JobQueue, { now, schedule, signal }: TicksRequest): Promise<JobRequest[]> {
  if (now % MS_PER_DAY < schedule.dailyAfterMs) return [];
  const today = dayOf(now);
  const yesterday = dayOf(now - MS_PER_DAY);
  const tasks: readonly { readonly payload: TaskPayload; readonly day: string }[] = [
    { payload: { version: 1, task: 'query-cost', day: yesterday }, day: yesterday },
    { payload: { version: 1, task: 'sample-ratio' }, day: today },
  ];
  const due: JobRequest[] = [];
  for (const { payload, day } of tasks) {
    const tries = triesOf(day);
    const ids = dailyJobIds(payload.task, day);
    const known = await queue.find(MONITORING_JOB.queue, ids, signal);
    const next = nextTry(known, now);
    const tick = next === undefined ? undefined : tries[next];
    if (tick !== undefined) due.push(requestOf(payload, tick));
  }
  return due;
}

/** The ids that the work of a day can have: `query-cost.2026-01-14.1`, and its retries. */
export function dailyJobIds(task: TaskPayload['task'], day: string): string[] {
  return triesOf(day).map((tick) => monitoringJobId(task, tick));
}

function triesOf(day: string): string[] {
  return Array.from({ length: DAILY_TRIES }, (_, index) => `${day}.${index + 1}`);
}

/** Which attempt is due now, from 0; undefined: none. */
function nextTry(known: readonly KnownJob[], now: number): number | undefined {
  if (known.some((job) => job.state !== 'failed' && !isOfAnotherVersion(job, OURS))) return undefined;
  const lastEnd = known.reduce((latest, job) => Math.max(latest, job.finishedAt ?? 0), 0);
  // Also if it ended long after now: the clock was set back.
  return known.length === 0 || Math.abs(now - lastEnd) >= BETWEEN_TRIES_MS ? known.length : undefined;
}

function requestOf(payload: TaskPayload, tick: string): JobRequest<TaskPayload> {
  return { id: monitoringJobId(payload.task, tick), name: `${payload.task} ${tick}`, payload };
}

function taskOf(id: string): string {
  return id.slice(0, id.indexOf('.'));
}
