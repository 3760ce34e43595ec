/** BullMQ's queue and worker, for which a job whose data are not JSON is a job like others, so that it can fail. */
import { Job, type JobJson, type JobProgress, Queue, Worker } from 'bullmq';

/** What the data of such a job are read as: nothing, which no kind of job takes for its payload. */
const UNREADABLE = JSON.stringify({ isUnreadable: true });

class ReadableJob<
  Data = unknown,
  Result = unknown,
  Name extends string = string,
  Progress extends JobProgress = JobProgress,
> extends Job<Data, Result, Name, Progress> {
  static override fromJSON<T = unknown, R = unknown, N extends string = string>(
    ...[queue, json, jobId]: Parameters<typeof Job.fromJSON>
  ): Job<T, R, N> {
    return super.fromJSON<T, R, N>(queue, readable(json), jobId);
  }
}

export class ReadableQueue extends Queue {
  protected override get Job(): typeof Job {
    return ReadableJob;
  }
}

export class ReadableWorker extends Worker {
  protected override get Job(): typeof Job {
    return ReadableJob;
  }

  /** How many jobs it holds. */
  get heldCount(): number {
    return this.lockManager.getActiveJobCount();
  }

  /** Ends connections and timers at once: where Redis does not answer, `close` would wait for it, with its timers on. */
  async cutOff(): Promise<void> {
    await Promise.allSettled([this.lockManager.close(), this.getBackend().close(true)]);
  }
}

function readable(json: JobJson): JobJson {
  try {
    JSON.parse(json.data);
    return json;
  } catch {
    return { ...json, data: UNREADABLE };
  }
}
