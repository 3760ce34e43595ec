/**
 * Records on the way that loses none: staged in Redis until their window is over, then written by a job; kept on this
 * machine while Redis is away. A batch that is given twice is written once (design, section 8).
 */
import { errorText } from '../../domain/errors.ts';
import { RECORDS_JOB, recordsJobId, type RecordsPayload } from '../../jobs/records-job.ts';
import type { JobQueue, JobRequest } from '../../ports/job-queue.ts';
import type { Log } from '../../ports/log.ts';
import type { RecordBatch, RecordTaker } from '../../ports/record-sink.ts';
import type { RecordSpool } from '../../ports/record-spool.ts';
import type { RecordStage, StageWindow } from '../../ports/record-stage.ts';

/** Rows come in while a window ends; so long after it nobody adds to it any more. */
const GRACE_MS = 250;

export interface QueuedRecordsOptions {
  readonly stage: RecordStage;
  readonly queue: JobQueue;
  readonly spool: RecordSpool;
  readonly log: Log;
}

export class QueuedRecords implements RecordTaker {
  readonly #options: QueuedRecordsOptions;

  constructor(options: QueuedRecordsOptions) {
    this.#options = options;
  }

  /** Throws only when the batch could be kept neither in Redis nor on the disk. */
  async append(batch: RecordBatch, signal: AbortSignal): Promise<'written' | 'known'> {
    const { spool, log } = this.#options;
    try {
      return await this.#stage(batch, signal);
    } catch (error) {
      log.warn({ table: batch.table, problem: errorText(error) }, 'records wait on this machine');
      await spool.keep(batch);
      return 'written';
    }
  }

  /** Brings on its way what waits here, and what a process that ended has staged without asking for its job. */
  async recover(signal: AbortSignal): Promise<void> {
    const { spool, stage, log } = this.#options;
    const count = await spool.replay(async (batch) => {
      await this.#stage(batch, signal);
    });
    if (count > 0) log.info({ batches: count }, 'records that waited on this machine are on their way');
    const windows = await stage.windows();
    await this.#ask(windows, signal);
  }

  async #stage(batch: RecordBatch, signal: AbortSignal): Promise<'written' | 'known'> {
    const window = await this.#options.stage.stage(batch);
    if (window === undefined) return 'known';
    // A job that is not asked for now is asked for by the next recovery.
    await this.#ask([window], signal).catch((error: unknown) => {
      this.#options.log.debug({ problem: errorText(error) }, 'the job of a record window was not asked for');
    });
    return 'written';
  }

  /** One job for each window; one that has ended while rows came in is renewed. */
  async #ask(windows: readonly StageWindow[], signal: AbortSignal): Promise<void> {
    if (windows.length === 0) return;
    const { queue, stage } = this.#options;
    const requests = windows.map(({ table, window }): JobRequest => ({
      id: recordsJobId({ table, window }),
      name: `${table} ${window}`,
      payload: { version: 1, table, window } satisfies RecordsPayload,
      delayMs: stage.endsInMs({ table, window }) + GRACE_MS,
    }));
    const { known } = await queue.enqueue(RECORDS_JOB.queue, requests, signal);
    await queue.renew(
      RECORDS_JOB.queue,
      requests.filter((request) => known.includes(request.id)),
      signal,
    );
  }
}
