/** Puts the work, the queue and the adapters together: a pool of workers in this process. */
import type { Config } from '../config/load-config.ts';
import { JOB_KINDS } from '../jobs/job-kinds.ts';
import { STATISTICS_JOB, StatisticsPayload } from '../jobs/statistics-job.ts';
import { STATISTICS_PART_JOB, type StatisticsPartPayload } from '../jobs/statistics-part-job.ts';
import { startWorkerPool, type WorkerPool } from '../queue/worker-pool.ts';
import type { FailureEvent, FinishedEvent } from '../queue/worker-events.ts';
import { handleStatisticsPart } from '../workers/statistics/part-handler.ts';
import {
  handleStatisticsJob,
  recordStatisticsFailure,
  type StatisticsHandlerDependencies,
} from '../workers/statistics/statistics-handler.ts';
import { divisionOf, exportDependencies } from './export-dependencies.ts';
import type { Parts } from './wire.ts';

export interface StartWorkersRequest {
  readonly config: Config;
  readonly parts: Parts;
  readonly concurrency: number;
  readonly queues?: readonly string[];
  readonly redisUrl?: string;
  readonly onFinished?: (event: FinishedEvent) => void;
}

/** Starts workers on all queues, or on those asked for. Throws when Redis cannot be used. */
export async function startWorkers(request: StartWorkersRequest): Promise<WorkerPool> {
  const { config, parts, queues, onFinished } = request;
  const division = divisionOf(parts, config);
  const statistics: StatisticsHandlerDependencies = {
    ...exportDependencies(parts, config),
    records: parts,
    ...(division === undefined ? {} : { division }),
  };
  const partDependencies =
    division === undefined ? undefined : { ...division, duplicateLimit: config['statistics.duplicateLimit'] };
  return startWorkerPool({
    redisUrl: request.redisUrl ?? config.redis.text,
    prefix: config['queue.prefix'],
    kinds: JOB_KINDS,
    handlers: [
      {
        kind: STATISTICS_JOB,
        handle: (payload: StatisticsPayload, context) => handleStatisticsJob(statistics, payload, context),
      },
      {
        kind: STATISTICS_PART_JOB,
        handle: (payload: StatisticsPartPayload, context) => handleStatisticsPart(partDependencies, payload, context),
      },
    ],
    concurrency: Object.fromEntries(JOB_KINDS.map((kind) => [kind.queue, request.concurrency])),
    log: parts.log,
    drainDeadlineMs: config['worker.drainTimeout'],
    onOutcome: ({ queue, jobId, outcome, durationMs }) => {
      parts.log.info({ queue, jobId, outcome: outcome.kind, durationMs: Math.round(durationMs) }, 'job done');
    },
    onFailure: (event) => tellFailure(parts, statistics, event),
    ...(queues === undefined ? {} : { queues }),
    ...(onFinished === undefined ? {} : { onFinished }),
  });
}

async function tellFailure(parts: Parts, deps: StatisticsHandlerDependencies, event: FailureEvent): Promise<void> {
  const { queue, jobId, attempt, error, final } = event;
  parts.log.warn({ queue, jobId, attempt, final, code: error.code, problem: error.sentence }, 'job failed');
  // Only a payload that is what it should be tells which experiment is concerned.
  const payload = StatisticsPayload.safeParse(event.payload);
  if (payload.success) await recordStatisticsFailure(deps, payload.data, event);
}
