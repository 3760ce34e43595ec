/** Continuous mode: looks again and again for what has changed and enqueues it (design, section 4). */
import { toContrailError } from '../domain/errors.ts';
import { wait } from '../domain/wait.ts';
import type { Log } from '../ports/log.ts';

export interface ScanServiceOptions {
  /** One scan; an error is logged, and the next scan tries again. */
  readonly scan: (signal: AbortSignal) => Promise<void>;
  /** From the end of one scan to the start of the next, in milliseconds. */
  readonly intervalMs: number;
  readonly log: Log;
}

/** Scans at once, then after each interval, one scan at a time. */
export class ScanService {
  readonly #options: ScanServiceOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: ScanServiceOptions) {
    this.#options = options;
  }

  /** Begins. A second call changes nothing. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends after aborting a scan under way. May be called twice. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#options.scan(signal);
      } catch (error) {
        const { code, sentence } = toContrailError(error);
        if (!signal.aborted)
          this.#options.log.warn({ code, problem: sentence }, 'a scan failed; the next one tries again');
      }
      // Aborted: the loop ends.
      await wait(this.#options.intervalMs, signal).catch(() => undefined);
    }
  }
}
