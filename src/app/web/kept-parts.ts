/**
 * Reads parts of pages, and keeps them for a while: a page that many people look at asks its sources once. Nobody waits
 * longer than the time limit; a source that answers later serves the next reader.
 */
import { ContrailError, toContrailError } from '../../domain/errors.ts';
import { untilAborted } from '../../domain/until-aborted.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { settlesWithin } from '../../queue/settles-within.ts';
import type { Part, ReadPart } from '../../web/part.ts';

export interface KeptPartsOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** What is read, for sentences: `The trace`. */
  readonly name: string;
  readonly keepMs: number;
  /** How many values are kept; the one that was read longest ago goes first. */
  readonly most: number;
  /** How long a reader waits; default: 10 s. */
  readonly waitMs?: number;
}

const WAIT_MS = 10_000;
/** A source that takes longer is given up. */
const LONGEST_READ_MS = 60_000;

export class KeptParts<Value> {
  readonly #options: KeptPartsOptions;
  readonly #kept = new Map<string, { readonly part: ReadPart<Value>; readonly readAt: number }>();
  readonly #readings = new Map<string, Promise<Part<Value>>>();

  constructor(options: KeptPartsOptions) {
    this.#options = options;
  }

  /** The kept value if it is young; else what `read` gives in time; else the old value, with the trouble. Rejects on abort only. */
  async get(key: string, read: (signal: AbortSignal) => Promise<Value>, signal: AbortSignal): Promise<Part<Value>> {
    const { clock, keepMs, waitMs = WAIT_MS } = this.#options;
    const kept = this.#kept.get(key);
    if (kept !== undefined && clock.monotonic() - kept.readAt < keepMs) return kept.part;
    const reading = this.#readings.get(key) ?? this.#begin(key, read);
    const isInTime = await untilAborted(settlesWithin(reading, waitMs, clock), signal);
    const part: Part<Value> = isInTime ? await reading : this.#tooSlow(waitMs);
    return part.kind === 'unread' && kept !== undefined ? { ...kept.part, trouble: part.problem } : part;
  }

  /** Forgets a value, so that the next reader asks anew. */
  forget(key: string): void {
    this.#kept.delete(key);
  }

  #begin(key: string, read: (signal: AbortSignal) => Promise<Value>): Promise<Part<Value>> {
    const { clock } = this.#options;
    const giveUp = new AbortController();
    const cancel = clock.startTimer(LONGEST_READ_MS, () => giveUp.abort());
    const reading = read(giveUp.signal).then(
      (value): Part<Value> => this.#keep(key, { kind: 'read', value, at: clock.now() }),
      (error: unknown): Part<Value> => (giveUp.signal.aborted ? this.#tooSlow(LONGEST_READ_MS) : this.#failed(error)),
    );
    const ended = reading.finally(() => {
      cancel();
      this.#readings.delete(key);
    });
    this.#readings.set(key, ended);
    return ended;
  }

  #keep(key: string, part: ReadPart<Value>): ReadPart<Value> {
    this.#kept.delete(key);
    this.#kept.set(key, { part, readAt: this.#options.clock.monotonic() });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#options.most && oldest !== undefined) this.#kept.delete(oldest);
    return part;
  }

  #tooSlow(ms: number): Part<Value> {
    return { kind: 'unread', problem: `${this.#options.name} could not be read within ${ms / 1_000} s.` };
  }

  /** The page says what people can act on; of our own mistakes only the log does. */
  #failed(error: unknown): Part<Value> {
    const { name, log } = this.#options;
    const known = toContrailError(error);
    log.warn({ code: known.code, problem: known.sentence }, 'a part of a page could not be read');
    const reason = error instanceof ContrailError ? known.sentence : 'Unexpected error; the log of the pages has it.';
    return { kind: 'unread', problem: `${name} could not be read: ${reason}` };
  }
}
