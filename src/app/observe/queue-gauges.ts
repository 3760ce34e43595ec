/** The gauges of queues and Redis, from a look at them. */
import type { GaugeName, Metrics } from '../../ports/metrics.ts';
import { QUEUE_STATES, type QueueLook, readyJobs } from '../../ports/queue-watch.ts';
import type { Look } from './kept-look.ts';

const OF_QUEUES: readonly GaugeName[] = [
  'contrail_queue_jobs',
  'contrail_queue_ready_jobs',
  'contrail_queue_oldest_job_age_seconds',
  'contrail_queue_paused',
  'contrail_queue_rest_seconds',
  'contrail_queue_throttled_seconds',
  'contrail_queue_standstill',
];

/** Without an answer of Redis there are no numbers of queues, rather than old ones. */
export function setQueueGauges(metrics: Metrics, look: Look): void {
  for (const name of OF_QUEUES) metrics.forget(name);
  metrics.set('contrail_redis_up', {}, look.kind === 'seen' ? 1 : 0);
  if (look.kind === 'failed') return;
  const standing = new Set(look.standstills.map(({ queue }) => queue));
  for (const queue of look.queues) setGauges(metrics, queue, standing.has(queue.queue));
  metrics.set('contrail_redis_memory_bytes', {}, look.keeper.memoryBytes);
  metrics.set('contrail_redis_memory_limit_bytes', {}, look.keeper.memoryLimitBytes);
}

function setGauges(metrics: Metrics, look: QueueLook, standsStill: boolean): void {
  const { queue } = look;
  for (const state of QUEUE_STATES) metrics.set('contrail_queue_jobs', { queue, state }, look.jobs[state]);
  metrics.set('contrail_queue_ready_jobs', { queue }, readyJobs(look));
  metrics.set('contrail_queue_oldest_job_age_seconds', { queue }, look.oldestMs / 1_000);
  metrics.set('contrail_queue_paused', { queue }, look.isPaused ? 1 : 0);
  metrics.set('contrail_queue_rest_seconds', { queue }, look.restMs / 1_000);
  metrics.set('contrail_queue_throttled_seconds', { queue }, look.throttledMs / 1_000);
  metrics.set('contrail_queue_standstill', { queue }, standsStill ? 1 : 0);
}
