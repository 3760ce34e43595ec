/** The monitoring tasks of the demo: those that a scheduler would have run in two weeks. */
import { dayOf, MS_PER_DAY } from '../../domain/utc-time.ts';
import { MONITORING_JOB, monitoringJobId, type MonitoringPayload, queryJobId } from '../../jobs/monitoring-job.ts';
import type { JobQueue, JobReference, JobRequest } from '../../ports/job-queue.ts';

const DAYS_OF_COST = 14;

/** Tables first, then the alerts and queries that read them. Each list can be followed to its end. */
export function demoTasks(now: number, queries: readonly string[]): readonly (readonly MonitoringPayload[])[] {
  const days = Array.from({ length: DAYS_OF_COST }, (_, index) => dayOf(now - (index + 1) * MS_PER_DAY));
  return [
    [
      { version: 1, task: 'import-experiments' },
      { version: 1, task: 'sample-ratio' },
      ...days.map((day): MonitoringPayload => ({ version: 1, task: 'query-cost', day })),
    ],
    [
      { version: 1, task: 'check-alerts' },
      ...queries.map((name): MonitoringPayload => ({ version: 1, task: 'query', name, tick: now })),
    ],
  ];
}

/** Enqueues the tasks under ids of their own. */
export async function enqueueTasks(
  queue: JobQueue,
  payloads: readonly MonitoringPayload[],
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
): Promise<JobReference[]> {
  const requests = payloads.map((payload): JobRequest<MonitoringPayload> => {
    if (payload.task === 'query') return { id: queryJobId(payload), name: `query ${payload.name}`, payload };
    const of = payload.task === 'query-cost' ? payload.day : 'demo';
    return { id: monitoringJobId(payload.task, `${of}.d${now}`), name: `${payload.task} ${of}`, payload };
  });
  await queue.enqueue(MONITORING_JOB.queue, requests, signal);
  return requests.map(({ id }) => ({ queue: MONITORING_JOB.queue, id }));
}
