/** Progress and log lines on their way to the board: told as they come, never in the way of the work. */
import type { Job } from 'bullmq';
import { errorText } from '../domain/errors.ts';
import type { Log } from '../ports/log.ts';

const LONGEST_LINE = 2_000;

/** Writes a job's progress and log lines one after the other; of several progress notes in a row only the last. */
export class JobNotes {
  readonly #job: Job;
  readonly #log: Log;
  #pendingPercent: number | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(job: Job, log: Log) {
    this.#job = job;
    this.#log = log;
  }

  /** Notes how far the work is, from 0 to 1, as the whole percents of which the board draws a bar. */
  progress(fraction: number): void {
    const isIdle = this.#pendingPercent === undefined;
    this.#pendingPercent = toPercent(fraction);
    if (!isIdle) return;
    this.#then(async () => {
      const percent = this.#pendingPercent;
      this.#pendingPercent = undefined;
      if (percent !== undefined) await this.#job.updateProgress(percent);
    });
  }

  /** Adds a line to the job's log. */
  line(text: string): void {
    this.#then(async () => {
      await this.#job.log(text.slice(0, LONGEST_LINE));
    });
  }

  /** Resolves when all is written, so that nothing comes after the job's end. */
  written(): Promise<void> {
    return this.#last;
  }

  #then(write: () => Promise<void>): void {
    this.#last = this.#last.then(write).catch((error: unknown) => {
      this.#log.debug({ jobId: this.#job.id, error: errorText(error) }, 'a note on a job was not written');
    });
  }
}

function toPercent(fraction: number): number {
  return Math.round(Math.min(1, Math.max(0, Number.isFinite(fraction) ? fraction : 0)) * 100);
}
