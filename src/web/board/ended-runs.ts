/** Runs that have ended, from the rows of `export_runs_v1`: one read for all charts, kept for some minutes. */
import { z } from 'zod';
import type { RowLimits } from '../../domain/row-limits.ts';
import { EXPORT_RUNS_TABLE } from '../../domain/monitoring-tables.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';
import type { RecordRow } from '../../ports/record-sink.ts';

const DAY_MS = 86_400_000;
/** The longest range of the charts. */
const REACH_MS = 31 * DAY_MS;
const KEPT_MS = 5 * 60_000;
/** After a failed read, the warehouse is left alone for a while: the board asks every ten seconds. */
const FAILURE_KEPT_MS = 30_000;
const READ_LIMIT_MS = 20_000;
const LIMITS: RowLimits = { rows: 100_000, characters: 40 };

export interface EndedRun {
  readonly queue: string;
  readonly outcome: string;
  /** Milliseconds since 1970. */
  readonly finishedAt: number;
  readonly durationMs: number;
  /** From being enqueued to its start; absent of runs without a queue. */
  readonly waitedMs?: number;
}

export interface EndedRuns {
  /** All runs that ended since then are here. */
  readonly since: number;
  readonly runs: readonly EndedRun[];
}

export class RunReader {
  readonly #reader: MonitoringReader;
  readonly #clock: Clock;
  #last: { readonly runs: Promise<EndedRuns>; readonly at: number; keptMs: number } | undefined;

  constructor(reader: MonitoringReader, clock: Clock) {
    this.#reader = reader;
    this.#clock = clock;
  }

  /** At most five minutes old. Rejects if the warehouse cannot be read. */
  read(): Promise<EndedRuns> {
    const now = this.#clock.monotonic();
    if (this.#last !== undefined && now - this.#last.at < this.#last.keptMs) return this.#last.runs;
    const read = { runs: this.#read(), at: now, keptMs: KEPT_MS };
    read.runs.catch(() => (read.keptMs = FAILURE_KEPT_MS));
    this.#last = read;
    return read.runs;
  }

  async #read(): Promise<EndedRuns> {
    const since = this.#clock.now() - REACH_MS;
    const rows = await this.#reader.rows(
      {
        table: EXPORT_RUNS_TABLE,
        columns: ['queue', 'outcome', 'finished_at', 'started_at', 'queued_at', 'duration_ms'],
        since: { column: 'finished_at', from: since * 1_000 },
        limits: LIMITS,
      },
      this.#clock.timeout(READ_LIMIT_MS),
    );
    const runs = rows.flatMap(toRun);
    const isCut = rows.length >= LIMITS.rows;
    return { since: isCut ? (runs.at(-1)?.finishedAt ?? since) + 1 : since, runs };
  }
}

const Row = z.object({
  queue: z.string(),
  outcome: z.string(),
  finished_at: z.iso.datetime({ offset: true }),
  started_at: z.iso.datetime({ offset: true }).nullable(),
  queued_at: z.iso.datetime({ offset: true }).nullable(),
  duration_ms: z.number().nullable(),
});

/** Nothing for a row that is not one of ours. */
function toRun(row: RecordRow): EndedRun[] {
  const parsed = Row.safeParse(row);
  if (!parsed.success) return [];
  const { queue, outcome, finished_at: finished, started_at: started, queued_at: queued } = parsed.data;
  const run = { queue, outcome, finishedAt: Date.parse(finished), durationMs: parsed.data.duration_ms ?? 0 };
  if (started === null || queued === null) return [run];
  return [{ ...run, waitedMs: Math.max(0, Date.parse(started) - Date.parse(queued)) }];
}
