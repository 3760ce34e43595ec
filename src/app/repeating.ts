/** Repeats work while a process runs; the only loop for such services. */
import { type ContrailError, toContrailError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import { watchSlowWork } from '../queue/slow-work.ts';

export interface RepeatingConfig {
  /** The field `service` in all its log lines. */
  readonly name: string;
  /** From the end of one pass to the start of the next, milliseconds. */
  readonly intervalMs: number;
  /** Makes each pause longer by up to this share, so that many processes do not act at once; default none. */
  readonly jitter?: { readonly share: number; readonly random: Pick<Random, 'fraction'> };
  /** How long `stop` waits for the running pass before it aborts it; default not at all. */
  readonly patienceMs?: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Does the work once. Errors are logged, and the next pass tries again. `log` names the service. */
  readonly pass: (signal: AbortSignal, log: Log) => Promise<void>;
  /** How a failed pass is logged; default a warning. */
  readonly failure?: { readonly level: 'debug' | 'warn'; readonly text: string };
  /** A pass lasts until it is stopped, or fails, so it never counts as slow. */
  readonly lasts?: true;
  /** Called after each pass that was not aborted. */
  readonly onPass?: (report: PassReport) => void;
  /** Called while a pass takes very long, every ten minutes, with the time until now. */
  readonly onSlowPass?: (report: PassReport) => void;
}

export interface PassReport {
  readonly service: string;
  readonly durationMs: number;
  /** Why it failed. */
  readonly error?: ContrailError;
}

export type PassEnd = 'done' | 'failed';

const FAILURE = { level: 'warn', text: 'a pass failed; the next one tries again' } as const;

/** One pass at once, then one after each interval, never two at a time. Does not depend on the time of day, which can be set. */
export class Repeating {
  readonly #config: RepeatingConfig;
  readonly #log: Log;
  readonly #stopping = new AbortController();
  readonly #aborting = new AbortController();
  #loop: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  /** The end of the last requested pass. */
  #last: Promise<void> = Promise.resolve();
  /** A requested pass that has not begun. */
  #next: Promise<void> | undefined;
  #pause: Gate | undefined;
  #passed = makeGate<PassEnd>();

  constructor(config: RepeatingConfig) {
    this.#config = config;
    this.#log = namedLog(config.log, config.name);
  }

  /** Starts. Does nothing if called twice or after `stop`. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Starts no further pass, and resolves when the running one has ended. May be called twice, and without `start`. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /**
   * Does a pass now, even while paused. A running pass ends first; all callers who wait for that share the next pass. Does
   * nothing after `stop`.
   */
  runOnce(): Promise<void> {
    this.#next ??= this.#last.then(() => {
      this.#next = undefined;
      return this.#pass();
    });
    this.#last = this.#next;
    return this.#next;
  }

  /** Starts no pass until `resume`; the running one continues. */
  pause(): void {
    this.#pause ??= makeGate();
  }

  /** Continues, at once if a pass is overdue. */
  resume(): void {
    this.#pause?.open();
    this.#pause = undefined;
  }

  /** Resolves when the next pass has ended. */
  get passed(): Promise<PassEnd> {
    return this.#passed.opened;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // A service that is paused again at once waits again.
      while (this.#pause !== undefined && !signal.aborted) await this.#pause.opened;
      await this.runOnce();
      // Aborted: the loop ends.
      await this.#config.clock.sleep(this.#pauseMs(), signal).catch(() => undefined);
    }
  }

  #pauseMs(): number {
    const { intervalMs, jitter } = this.#config;
    return jitter === undefined ? intervalMs : intervalMs * (1 + jitter.share * jitter.random.fraction());
  }

  async #pass(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const end = await this.#tryPass();
    const passed = this.#passed;
    this.#passed = makeGate();
    passed.open(end);
  }

  async #tryPass(): Promise<PassEnd> {
    const { name, pass, failure = FAILURE, clock, lasts, onPass, onSlowPass } = this.#config;
    const { signal } = this.#aborting;
    const startedAt = clock.monotonic();
    const report = () => ({ service: name, durationMs: clock.monotonic() - startedAt });
    const tellSlow = (): void => {
      this.#log.warn(report(), 'a pass takes long: the services that it asks may answer slowly');
      onSlowPass?.(report());
    };
    const endWatch = lasts === true ? () => undefined : watchSlowWork(clock, tellSlow);
    try {
      await pass(signal, this.#log);
      if (!signal.aborted) onPass?.(report());
      return 'done';
    } catch (thrown) {
      const error = toContrailError(thrown);
      if (signal.aborted) return 'failed';
      this.#log[failure.level]({ code: error.code, problem: error.sentence }, failure.text);
      onPass?.({ ...report(), error });
      return 'failed';
    } finally {
      endWatch();
    }
  }

  async #stop(): Promise<void> {
    const { clock, patienceMs = 0 } = this.#config;
    this.#stopping.abort();
    this.resume();
    const cancel = patienceMs > 0 ? clock.startTimer(patienceMs, () => this.#aborting.abort()) : undefined;
    if (cancel === undefined) this.#aborting.abort();
    await Promise.all([this.#loop, this.#last]);
    cancel?.();
  }
}

interface Gate<Value = void> {
  readonly opened: Promise<Value>;
  readonly open: (value: Value) => void;
}

function makeGate<Value = void>(): Gate<Value> {
  let open: (value: Value) => void = () => undefined;
  const opened = new Promise<Value>((resolve) => (open = resolve));
  return { opened, open };
}

function namedLog(log: Log, service: string): Log {
  return {
    debug: (fields, text) => log.debug({ service, ...fields }, text),
    info: (fields, text) => log.info({ service, ...fields }, text),
    warn: (fields, text) => log.warn({ service, ...fields }, text),
    error: (fields, text) => log.error({ service, ...fields }, text),
  };
}
