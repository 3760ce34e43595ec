/** The runs for their page, from the monitoring table and from Redis; each answer is kept for a few seconds. */
import { toContrailError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { RunsLook, RunsSource } from '../../web/pages/runs/runs-source.ts';
import { readRuns, type RunSources, subjectOf } from '../runs/read-runs.ts';
import { newestRuns } from '../runs/select-runs.ts';

const KEPT_MS = 15_000;
const LONGEST_READ_MS = 10_000;
/** Ranges whose answers are kept at a time; each may hold 50,000 runs. */
const MOST_KEPT = 4;
const MINUTE_MS = 60_000;

export interface RunsSourceOptions {
  readonly sources: RunSources;
  readonly clock: Clock;
  readonly log: Log;
}

export class KeptRuns implements RunsSource {
  readonly #options: RunsSourceOptions;
  readonly #kept = new Map<number, { readonly at: number; readonly look: Promise<RunsLook> }>();

  constructor(options: RunsSourceOptions) {
    this.#options = options;
  }

  async read(since: number): Promise<RunsLook> {
    const { clock } = this.#options;
    // Readers of the same range share an answer.
    const from = Math.floor(since / MINUTE_MS) * MINUTE_MS;
    const look = await this.#readOnce(from, clock.monotonic());
    return { ...look, runs: look.runs.filter(({ finishedAt }) => finishedAt >= since) };
  }

  #readOnce(from: number, now: number): Promise<RunsLook> {
    for (const [key, { at }] of this.#kept) if (now - at >= KEPT_MS) this.#kept.delete(key);
    const kept = this.#kept.get(from);
    if (kept !== undefined) return kept.look;
    const look = this.#readNow(from);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(from, { at: now, look });
    return look;
  }

  async #readNow(from: number): Promise<RunsLook> {
    const { sources, clock, log } = this.#options;
    const signal = clock.timeout(LONGEST_READ_MS);
    try {
      const { runs, isCut } = await readRuns(sources, from, signal);
      const newest = new Set(newestRuns(runs));
      const facts = runs.map((run) => ({ ...run, subject: subjectOf(run), isLatest: newest.has(run) }));
      return { runs: facts, isCut, asOf: clock.now() };
    } catch (error) {
      const { code, sentence } = toContrailError(error);
      log.warn({ code, problem: sentence }, 'the runs could not be read for a page');
      const problem = signal.aborted ? `did not answer in ${LONGEST_READ_MS / 1_000} s` : `could not be read (${code})`;
      return { runs: [], isCut: false, asOf: clock.now(), problem };
    }
  }
}
