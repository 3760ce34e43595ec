/** The content of `contrail status`: states of files and queues, and refused records. From the index, or from a plan. */
import { type ContrailError, toContrailError } from '../domain/errors.ts';
import type { WallClock } from '../ports/clock.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { MonitoringReader } from '../ports/monitoring-reader.ts';
import type { RefusedRecords } from '../ports/record-stage.ts';
import { type FileState, fileStates } from '../producer/file-states.ts';
import type { ProductPlan } from '../producer/product-plan.ts';
import { type QueueStates, queueStates } from '../queue/queue-states.ts';
import { findStrayJobs, type StrayJobs } from './stray-jobs.ts';

export interface QueueDependencies {
  readonly queue: Pick<JobQueue, 'openIds' | 'find'>;
  readonly queueStates: () => Promise<QueueStates>;
  readonly refusedRecords: () => Promise<RefusedRecords>;
  /** What is wrong with a Redis that answers. */
  readonly redisTroubles: () => Promise<readonly string[]>;
}

export interface StatusDependencies extends Omit<QueueDependencies, 'queueStates'> {
  readonly queue: JobQueue;
  /** Rejects if Redis cannot be used. */
  readonly checkQueue: () => Promise<unknown>;
  /** Failures of earlier days. */
  readonly reader: MonitoringReader;
  readonly clock: WallClock;
  /** The allowed lag of a file behind its source, milliseconds. */
  readonly lagMs: number;
  /** Called for sources that cannot be read. */
  readonly onTrouble: (error: ContrailError) => void;
}

export interface StatusSelection {
  /** Whether the files of all experiments are known, so that jobs of others are strays. */
  readonly isWhole: boolean;
}

export interface Status {
  readonly files: readonly FileState[];
  /** Absent while Redis is away. */
  readonly queues?: QueueStates;
  readonly refused?: RefusedRecords;
  /** What is wrong with Redis although it answers, with the remedy. */
  readonly redis?: readonly string[];
  /** Jobs of experiments that are gone. */
  readonly strays?: readonly StrayJobs[];
  /** Why Redis cannot be used; the freshness of files is shown anyway. */
  readonly trouble?: ContrailError;
}

export async function readStatus(
  deps: StatusDependencies,
  plan: ProductPlan,
  { isWhole }: StatusSelection,
  signal: AbortSignal,
): Promise<Status> {
  const { queue, checkQueue, clock, lagMs } = deps;
  const history = { reader: tolerantReader(deps), now: clock.now() };
  const trouble = await checkQueue().then(() => undefined, toContrailError);
  if (trouble !== undefined)
    return { files: await fileStates(plan, { queue: undefined, history, lagMs }, signal), trouble };
  const files = await fileStates(plan, { queue, history, lagMs }, signal);
  // A source that cannot be read hides experiments.
  return withQueues(
    { ...deps, queueStates: () => queueStates(queue) },
    files,
    { isWhole: isWhole && plan.failures.length === 0 },
    signal,
  );
}

/** The states of these files with those of the queues. */
export async function withQueues(
  { queue, queueStates, refusedRecords, redisTroubles }: QueueDependencies,
  files: readonly FileState[],
  { isWhole }: StatusSelection,
  signal: AbortSignal,
): Promise<Status> {
  const queues = await queueStates();
  return {
    files,
    queues,
    refused: await refusedRecords(),
    redis: await redisTroubles(),
    strays: isWhole ? await findStrayJobs(queue, { known: files, queues }, signal) : [],
  };
}

/** If earlier failures cannot be read, that is only a warning. */
function tolerantReader({ reader, onTrouble }: StatusDependencies): MonitoringReader {
  return {
    async rows(request, signal) {
      try {
        return await reader.rows(request, signal);
      } catch (error) {
        signal.throwIfAborted();
        onTrouble(toContrailError(error));
        return [];
      }
    },
  };
}
