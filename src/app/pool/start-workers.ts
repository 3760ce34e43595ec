/** Starts a pool of workers in this process, from settings, handlers and adapters. */
import { hostname } from 'node:os';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Config } from '../../config/load-config.ts';
import { JOB_KINDS } from '../../jobs/job-kinds.ts';
import { RECORDS_JOB } from '../../jobs/records-job.ts';
import { startWorkerPool, type WorkerPool } from '../../queue/bullmq/worker-pool.ts';
import { deploymentOf } from '../compose/deployment.ts';
import type { FinishedEvent } from '../../queue/worker-events.ts';
import { noteEnds } from '../backfills/job-ends.ts';
import { openBackfills } from '../compose/open-backfills.ts';
import { jobHandlers } from '../compose/job-handlers.ts';
import { notifiersOf } from '../compose/notifiers.ts';
import { pricingOf } from '../compose/pricing.ts';
import { queueTelemetryOf } from '../compose/queue-telemetry.ts';
import { attemptHooks } from '../attempts/attempt-hooks.ts';
import { openAlertIndex } from '../compose/open-alert-index.ts';
import { openFreshnessIndex } from '../compose/open-freshness-index.ts';
import { noteAttempts } from '../freshness/note-attempts.ts';
import { openQueueWatch } from '../compose/open-queue-watch.ts';
import { startRecordKeeping } from '../compose/record-keeping.ts';
import { startHeartbeat } from '../upkeep/heartbeat.ts';
import { openHeartbeats } from '../compose/open-heartbeats.ts';
import { startSweep } from '../upkeep/sweep-old-work.ts';
import type { Adapters } from '../compose/adapters.ts';
import { joinHooks } from '../attempts/join-hooks.ts';
import type { Observation } from '../observe/observation.ts';

export interface StartWorkersRequest {
  readonly config: Config;
  readonly adapters: Adapters;
  /** Jobs of one queue at once; default: the setting, or the usual number. */
  readonly concurrency?: number;
  readonly queues?: readonly string[];
  readonly redisUrl?: string;
  readonly onFinished?: (event: FinishedEvent) => void;
  /** Learns how attempts end. */
  readonly observation?: Observation;
}

/** The part of a pool that commands use. */
export type Workers = Pick<WorkerPool, 'waitUntilDrained' | 'stop'>;

/** Starts workers on all queues, or the selected ones. Throws if Redis cannot be used. */
export async function startWorkers(request: StartWorkersRequest): Promise<Workers> {
  const { config, adapters, queues, onFinished, observation, redisUrl = request.config.redis.reveal() } = request;
  const keeping = await startRecordKeeping(config, adapters, redisUrl);
  const records = { sink: keeping.taker, clock: adapters.clock, log: adapters.log };
  const notifiers = await notifiersOf(config, adapters);
  const backfills = openBackfills(config, redisUrl);
  const deployment = deploymentOf(config);
  const pricing = pricingOf(config);
  const watch = await openQueueWatch(config, redisUrl);
  const index = openFreshnessIndex(config, redisUrl);
  const alerts = openAlertIndex(config, redisUrl);
  const { clock, log } = adapters;
  const recording = { ...records, worker: `${hostname()}:${process.pid}`, pricing };
  try {
    const pool = await startWorkerPool({
      redisUrl,
      prefix: config['queue.prefix'],
      ...(deployment === undefined ? {} : { deployment }),
      kinds: JOB_KINDS,
      handlers: jobHandlers({
        config,
        adapters,
        records,
        stage: keeping.stage,
        jobs: keeping.queue,
        index,
        alerts,
        watch,
        notifiers,
      }),
      concurrency: request.concurrency ?? config['worker.concurrency'] ?? usualConcurrency(config),
      log: adapters.log,
      clock: adapters.clock,
      random: adapters.random,
      drainDeadlineMs: config['worker.drainTimeout'],
      ...(await queueTelemetryOf(config)),
      ...joinHooks(
        [attemptHooks(recording), noteEnds({ backfills, pricing, log }), noteAttempts({ index, clock, log })],
        observation?.attemptHooks(pricing),
      ),
      ...(queues === undefined ? {} : { queues }),
      ...(onFinished === undefined ? {} : { onFinished }),
    });
    observation?.countRunning(() => pool.runningCount);
    const sweep = startSweep({ store: adapters.composingStore, queues, clock: adapters.clock, log: adapters.log });
    const heartbeat = startHeartbeat(
      {
        ...adapters,
        heartbeats: openHeartbeats(config, redisUrl),
        machineClock: systemClock,
        ...(observation === undefined ? {} : { onTrouble: (...trouble) => observation.noteTrouble(...trouble) }),
      },
      { role: 'worker', queues: queues ?? JOB_KINDS.map(({ queue }) => queue) },
    );
    return {
      async waitUntilDrained() {
        const writesRecords = queues?.includes(RECORDS_JOB.queue) ?? true;
        for (let flushes = 0; await pool.waitUntilDrained(); flushes++) {
          if (!writesRecords || flushes === MOST_FLUSHES || (await keeping.flush()) === 0) return true;
        }
        return false;
      },
      async stop() {
        observation?.stopping();
        await Promise.all([pool.stop(), sweep.stop(), heartbeat.stop()]);
        watch.close();
        index.close();
        alerts.close();
        await Promise.all([keeping.stop(), backfills.close()]);
      },
    };
  } catch (error) {
    watch.close();
    index.close();
    alerts.close();
    await Promise.all([keeping.stop(), backfills.close()]);
    throw error;
  }
}

/** How often a draining pool writes records before their window ends, while others keep adding to them. */
const MOST_FLUSHES = 10;

/** With a remote service, most of a job is waiting. */
const REMOTE_CONCURRENCY = 32;
const LOCAL_CONCURRENCY = 4;

/** Default number of jobs of one queue at once. */
function usualConcurrency(config: Config): number {
  return config.warehouse?.scheme === 'bigquery' ? REMOTE_CONCURRENCY : LOCAL_CONCURRENCY;
}
