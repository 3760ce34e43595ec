/**
 * A part of a page that is read in the background, so that readers do not wait for it: they get what is there, and the next
 * ones the newer value. One reading at a time, and no more often than agreed, also while it fails.
 */
import { toContrailError } from '../../domain/errors.ts';
import { untilAborted } from '../../domain/until-aborted.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { settlesWithin } from '../../queue/settles-within.ts';
import type { Part, ReadPart } from '../../web/part.ts';

export interface RefreshedPartOptions<Value> {
  readonly clock: Clock;
  readonly log: Log;
  /** What is read, for sentences: `The freshness index`. */
  readonly name: string;
  readonly read: (signal: AbortSignal) => Promise<Value>;
  /** The shortest time from one reading to the next. */
  readonly everyMs: number;
  /** An older value is not shown without an attempt to read a newer one. Default: never too old. */
  readonly usableMs?: number;
  /** How long a reader waits who would get nothing otherwise. */
  readonly waitMs: number;
}

/** A source that takes longer is given up. */
const LONGEST_READ_MS = 60_000;

export class RefreshedPart<Value> {
  readonly #options: RefreshedPartOptions<Value>;
  #part: ReadPart<Value> | undefined;
  #readAt = 0;
  #problem: string | undefined;
  #begunAt: number | undefined;
  #reading: Promise<void> | undefined;

  constructor(options: RefreshedPartOptions<Value>) {
    this.#options = options;
  }

  /** Rejects on abort only. */
  async get(signal: AbortSignal): Promise<Part<Value>> {
    const { clock, everyMs, usableMs = Number.POSITIVE_INFINITY, waitMs } = this.#options;
    const now = clock.monotonic();
    const isDue = this.#begunAt === undefined || now - this.#begunAt >= everyMs;
    if (isDue && this.#reading === undefined) {
      this.#begunAt = now;
      this.#reading = this.#begin().finally(() => (this.#reading = undefined));
    }
    const isUsable = this.#part !== undefined && now - this.#readAt <= usableMs;
    if (!isUsable && this.#reading !== undefined) {
      await untilAborted(settlesWithin(this.#reading, waitMs, clock), signal);
    }
    if (this.#part === undefined) return { kind: 'unread', problem: this.#problem ?? this.#beingRead() };
    return this.#problem === undefined ? this.#part : { ...this.#part, trouble: this.#problem };
  }

  async #begin(): Promise<void> {
    const { clock, read } = this.#options;
    const giveUp = new AbortController();
    const cancel = clock.startTimer(LONGEST_READ_MS, () => giveUp.abort());
    try {
      this.#part = { kind: 'read', value: await untilAborted(read(giveUp.signal), giveUp.signal), at: clock.now() };
      this.#readAt = clock.monotonic();
      this.#problem = undefined;
    } catch (error) {
      this.#problem = giveUp.signal.aborted ? this.#tooSlow() : this.#failed(error);
    } finally {
      cancel();
    }
  }

  #beingRead(): string {
    return `${this.#options.name} is still being read; reload this page in a moment.`;
  }

  #tooSlow(): string {
    return `${this.#options.name} could not be read within ${LONGEST_READ_MS / 1_000} s.`;
  }

  #failed(error: unknown): string {
    const { name, log } = this.#options;
    const { code, sentence } = toContrailError(error);
    log.warn({ code, problem: sentence }, 'a part of a page could not be read');
    const reason = code === 'INTERNAL' ? 'Unexpected error; the log of the pages has it.' : sentence;
    return `${name} could not be read: ${reason}`;
  }
}
