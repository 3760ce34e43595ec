/** Writes progress and log lines to the board without delaying the work. */
import type { Job } from 'bullmq';
import { errorText } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { LINES_KEPT } from './job-options.ts';
import { settlesWithin } from '../settles-within.ts';

const LONGEST_LINE = 2_000;
const LONGEST_WAIT_MS = 2_000;

/** Writes a job's progress and log lines one after the other; of several progress notes in a row only the last. */
export class JobNotes {
  readonly #job: Job;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #lines: string[] = [];
  #percent: number | undefined;
  #writing: Promise<void> | undefined;

  constructor(job: Job, log: Log, clock: Clock) {
    this.#job = job;
    this.#log = log;
    this.#clock = clock;
  }

  /** Notes how far the work is, in whole percents, of which the board draws a bar. */
  progress(percent: number): void {
    this.#percent = percent;
    this.#writing ??= this.#writeAll();
  }

  /** Adds a line to the job's log. */
  line(text: string): void {
    // Lines beyond the log's limit need not wait while Redis is away.
    if (this.#lines.length === LINES_KEPT) this.#lines.shift();
    this.#lines.push(text.slice(0, LONGEST_LINE));
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when all is written, or when Redis takes too long; the rest is then dropped. */
  async written(limitMs = LONGEST_WAIT_MS): Promise<void> {
    if (this.#writing === undefined || (await settlesWithin(this.#writing, limitMs, this.#clock))) return;
    this.#log.debug({ jobId: this.#job.id, lines: this.#lines.length }, 'notes on a job were dropped');
    this.#lines.length = 0;
    this.#percent = undefined;
  }

  async #writeAll(): Promise<void> {
    for (let write = this.#next(); write !== undefined; write = this.#next()) {
      try {
        await write();
      } catch (error) {
        this.#log.debug({ jobId: this.#job.id, error: errorText(error) }, 'a note on a job was not written');
      }
    }
    this.#writing = undefined;
  }

  #next(): (() => Promise<unknown>) | undefined {
    const line = this.#lines.shift();
    if (line !== undefined) return () => this.#job.log(line);
    const percent = this.#percent;
    this.#percent = undefined;
    return percent === undefined ? undefined : () => this.#job.updateProgress(percent);
  }
}
