/**
 * Records that survive crashes: staged in Redis until their window is over, then written by a job. They wait on this
 * machine's disk while Redis is away, and have a copy there until their window is written, because Redis can lose data. A
 * batch that is staged twice is written once.
 */
import { errorText } from '../../domain/errors.ts';
import { wellFormedRow } from '../../domain/well-formed.ts';
import { RECORDS_JOB, recordsJobId, type RecordsPayload } from '../../jobs/records-job.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobQueue, JobRequest } from '../../ports/job-queue.ts';
import type { Log } from '../../ports/log.ts';
import type { RecordBatch, RecordSink, RecordTaker } from '../../ports/record-sink.ts';
import type { BatchCopy, RecordSpool } from '../../ports/record-spool.ts';
import type { OpenWindow, RecordStage, StageWindow } from '../../ports/record-stage.ts';
import { windowBatchId } from './records-handler.ts';

export interface QueuedRecordsOptions {
  readonly stage: RecordStage;
  readonly queue: JobQueue;
  readonly spool: RecordSpool;
  /** The destination, to find out whether records were written. */
  readonly sink: Pick<RecordSink, 'has'>;
  readonly clock: Clock;
  readonly log: Log;
}

export class QueuedRecords implements RecordTaker {
  readonly #options: QueuedRecordsOptions;
  /** Windows whose jobs this process will enqueue when they are over. */
  readonly #timers = new Map<string, () => void>();
  #isCopying = true;

  constructor(options: QueuedRecordsOptions) {
    this.#options = options;
  }

  /** Throws only if the batch could be stored neither in Redis nor on disk. */
  async append({ id, table, rows }: RecordBatch): Promise<'written' | 'known'> {
    const { spool, log } = this.#options;
    const batch = { id, table, rows: rows.map(wellFormedRow) };
    try {
      return await this.#stage(batch);
    } catch (error) {
      log.warn({ table, problem: errorText(error) }, 'records wait on this machine');
      await spool.keep(batch);
      return 'written';
    }
  }

  /**
   * Recovers records: those that wait here, those that a dead process staged without enqueuing their job, and those that
   * Redis has lost.
   */
  async recover(signal: AbortSignal): Promise<void> {
    await this.#replay();
    const windows = await this.#options.stage.windows();
    await this.#ask(
      windows.filter(({ endsInMs }) => endsInMs === 0),
      signal,
    );
    await this.#options.spool.review((copies) => this.#isSettled(copies, signal));
  }

  /** Enqueues the jobs of all windows at once, even of open ones. Returns their number. */
  async flush(signal: AbortSignal): Promise<number> {
    await this.#replay();
    const windows = await this.#options.stage.windows();
    await this.#ask(windows, signal);
    return windows.length;
  }

  /** Leaves windows to other processes from now on. May be called twice. */
  close(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  async #replay(): Promise<void> {
    const count = await this.#options.spool.replay(async (batch) => {
      await this.#stage(batch);
    });
    if (count > 0) {
      this.#options.log.info({ batches: count }, 'staged the records that waited on this machine');
    }
  }

  async #stage(batch: RecordBatch): Promise<'written' | 'known'> {
    const window = await this.#options.stage.stage(batch);
    if (window === undefined) return 'known';
    this.#askWhenOver(window);
    await this.#copy({ ...batch, window: window.window });
    return 'written';
  }

  /** A copy that cannot be saved is reported once: the records are as safe as Redis is. */
  async #copy(copy: BatchCopy): Promise<void> {
    try {
      await this.#options.spool.keepCopy(copy);
      this.#isCopying = true;
    } catch (error) {
      if (this.#isCopying) {
        this.#options.log.warn(
          { problem: errorText(error) },
          'records have no copy on this machine in case Redis loses them',
        );
      }
      this.#isCopying = false;
    }
  }

  // By a timer, because the delay of a job would use this machine's clock, which may be wrong.
  #askWhenOver({ table, window, endsInMs }: OpenWindow): void {
    const name = recordsJobId({ table, window });
    if (this.#timers.has(name)) return;
    const cancel = this.#options.clock.startTimer(endsInMs, () => {
      this.#timers.delete(name);
      // The next recovery enqueues a job that could not be enqueued now.
      this.#ask([{ table, window }], NEVER).catch((error: unknown) => {
        this.#options.log.debug({ problem: errorText(error) }, 'the job of a record window was not enqueued');
      });
    });
    this.#timers.set(name, cancel);
  }

  /** One job per window; renewed if it has ended but the window still exists. */
  async #ask(windows: readonly StageWindow[], signal: AbortSignal): Promise<void> {
    if (windows.length === 0) return;
    const { queue } = this.#options;
    const requests = windows.map(({ table, window }): JobRequest<RecordsPayload> => ({
      id: recordsJobId({ table, window }),
      name: `${table} ${window}`,
      payload: { version: 2, table, window },
    }));
    const { known } = await queue.enqueue(RECORDS_JOB.queue, requests, signal);
    await queue.renew(
      RECORDS_JOB.queue,
      requests.filter((request) => known.includes(request.id)),
      signal,
    );
  }

  /** Whether none of these copies is needed any more. Stages again what Redis lost before it was written. */
  async #isSettled(copies: readonly BatchCopy[], signal: AbortSignal): Promise<boolean> {
    const fates = await this.#options.stage.fatesOf(copies);
    const lost = copies.filter((_, index) => fates[index] === 'lost');
    const written = await this.#writtenWindows(lost, signal);
    const again = lost.filter(({ window }) => !written.has(window));
    for (const { id, table, rows } of again) await this.#stage({ id, table, rows });
    if (again.length > 0)
      this.#options.log.warn({ batches: again.length }, 'Redis has lost records; staging them again');
    return !fates.includes('waiting');
  }

  async #writtenWindows(copies: readonly BatchCopy[], signal: AbortSignal): Promise<Set<string>> {
    const tables = new Map(copies.map(({ table, window }) => [window, table]));
    const written = new Set<string>();
    for (const [window, table] of tables) {
      if (await this.#options.sink.has({ id: windowBatchId({ table, window }), table }, signal)) written.add(window);
    }
    return written;
  }
}

const NEVER = new AbortController().signal;
