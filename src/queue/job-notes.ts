/** Progress and log lines on their way to the board: told as they come, never in the way of the work. */
import type { Job } from 'bullmq';
import { errorText } from '../domain/errors.ts';
import type { Log } from '../ports/log.ts';

const LONGEST_LINE = 2_000;

/** Writes a job's progress and log lines one after the other; of several progress notes in a row only the last. */
export class JobNotes {
  readonly #job: Job;
  readonly #log: Log;
  #pendingProgress: number | object | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(job: Job, log: Log) {
    this.#job = job;
    this.#log = log;
  }

  /** Notes how far the work is; a number stays one, because the board draws it as a bar. */
  progress(done: number | { readonly fraction: number }): void {
    const isIdle = this.#pendingProgress === undefined;
    const percent = toPercent(typeof done === 'number' ? done : done.fraction);
    this.#pendingProgress = typeof done === 'number' ? percent : { ...done, percent };
    if (!isIdle) return;
    this.#then(async () => {
      const progress = this.#pendingProgress;
      this.#pendingProgress = undefined;
      if (progress !== undefined) await this.#job.updateProgress(progress);
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
