/** Runs that have ended: rows of `export_runs_v1`, and those that still wait in Redis to be written. */
import { z } from 'zod';
import { EXPORT_RUNS_TABLE } from '../../domain/monitoring-tables.ts';
import type { RowLimits } from '../../domain/row-limits.ts';
import { MICROS_PER_MS, parseTimestamp } from '../../domain/utc-time.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';
import type { RecordRow } from '../../ports/record-sink.ts';
import type { RecordStage } from '../../ports/record-stage.ts';

/** An attempt that ended, or a `contrail run` (spec: monitoring, section 10). */
export interface Run {
  readonly queue: string;
  readonly jobId: string;
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly finishedAt: number;
  readonly product: string;
  readonly experiment: string | undefined;
  readonly period: string | undefined;
  readonly outcome: string;
  readonly code: string | undefined;
  readonly message: string | undefined;
  /** What was read: a table or view, `query:NAME`. */
  readonly source: string | undefined;
  readonly durationMs: number | undefined;
  readonly rows: number | undefined;
  readonly bytesWritten: number | undefined;
  /** USD; undefined if the run asked the warehouse for nothing that costs. */
  readonly costUsd: number | undefined;
  readonly worker: string | undefined;
}

export interface RunSources {
  readonly reader: MonitoringReader;
  /** Absent where there is no Redis: runs of the last minutes may be missing. */
  readonly stage?: Pick<RecordStage, 'windows' | 'peek'>;
}

export interface RunsRead {
  /** Newest first, each once. */
  readonly runs: readonly Run[];
  /** Whether older runs of the range were left out, because there were too many. */
  readonly isCut: boolean;
}

/** More than anybody looks through; about 20 MB. */
const LIMITS: RowLimits = { rows: 50_000, characters: 2_000 };

const Text = z.string().nullish();
const Count = z.number().nullish();
const Row = z.object({
  queue: z.string(),
  job_id: z.string(),
  attempt: z.number(),
  finished_at: z.string(),
  product: z.string(),
  experiment: Text,
  period: Text,
  outcome: z.string(),
  error_code: Text,
  error_message: Text,
  source: Text,
  duration_ms: Count,
  rows: Count,
  bytes_written: Count,
  cost_usd: Count,
  worker: Text,
});

/** All runs that ended since then, milliseconds since 1970. */
export function readRuns(sources: RunSources, since: number, signal: AbortSignal): Promise<RunsRead> {
  return readWith(sources, { since, limits: LIMITS }, signal);
}

export interface RunsOfExperiment {
  /** The exact slug. */
  readonly experiment: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** How many of the newest runs. */
  readonly most: number;
}

/** The newest runs of one experiment that ended since then. */
export async function readRunsOf(
  sources: RunSources,
  { experiment, since, most }: RunsOfExperiment,
  signal: AbortSignal,
): Promise<RunsRead> {
  const { runs, isCut } = await readWith(sources, { since, experiment, limits: { ...LIMITS, rows: most } }, signal);
  const own = runs.filter((run) => run.experiment === experiment);
  return { runs: own.slice(0, most), isCut: isCut || own.length > most };
}

interface Reading {
  readonly since: number;
  readonly experiment?: string;
  readonly limits: RowLimits;
}

async function readWith(
  { reader, stage }: RunSources,
  { since, experiment, limits }: Reading,
  signal: AbortSignal,
): Promise<RunsRead> {
  // First those that wait: a run that is written meanwhile is then seen twice rather than not at all.
  const waiting = stage === undefined ? [] : await waitingRunRows(stage);
  const written = await reader.rows(
    {
      table: EXPORT_RUNS_TABLE,
      columns: Object.keys(Row.shape),
      since: { column: 'finished_at', from: since * MICROS_PER_MS },
      ...(experiment === undefined ? {} : { among: { column: 'experiment', values: [experiment] } }),
      limits,
    },
    signal,
  );
  const runs = new Map<string, Run>();
  for (const row of [...written, ...waiting]) {
    const run = toRun(row);
    if (run !== undefined && run.finishedAt >= since) runs.set(keyOf(run), run);
  }
  const newestFirst = [...runs.values()].toSorted((a, b) => b.finishedAt - a.finishedAt);
  return { runs: newestFirst, isCut: written.length >= limits.rows };
}

/** Rows of `export_runs_v1` that wait to be written. */
export async function waitingRunRows(stage: Pick<RecordStage, 'windows' | 'peek'>): Promise<RecordRow[]> {
  const windows = (await stage.windows()).filter(({ table }) => table === EXPORT_RUNS_TABLE);
  const rows: RecordRow[] = [];
  for (const window of windows) rows.push(...(await stage.peek(window)));
  return rows;
}

/** Undefined for a row that is not one of ours. */
function toRun(row: RecordRow): Run | undefined {
  const parsed = Row.safeParse(row).data;
  const micros = parsed === undefined ? undefined : parseTimestamp(parsed.finished_at);
  if (parsed === undefined || micros === undefined) return undefined;
  return {
    queue: parsed.queue,
    jobId: parsed.job_id,
    attempt: parsed.attempt,
    finishedAt: micros / MICROS_PER_MS,
    product: parsed.product,
    outcome: parsed.outcome,
    experiment: parsed.experiment ?? undefined,
    period: parsed.period ?? undefined,
    code: parsed.error_code ?? undefined,
    message: parsed.error_message ?? undefined,
    source: parsed.source ?? undefined,
    durationMs: parsed.duration_ms ?? undefined,
    rows: parsed.rows ?? undefined,
    bytesWritten: parsed.bytes_written ?? undefined,
    costUsd: parsed.cost_usd ?? undefined,
    worker: parsed.worker ?? undefined,
  };
}

/** A job that is done again has the same id, and may end at the same attempt. */
function keyOf({ queue, jobId, attempt, outcome, finishedAt }: Run): string {
  return JSON.stringify([queue, jobId, attempt, outcome, finishedAt]);
}

/** What a run was about, for lists: `my-slug weekly`, `query:errors`, `monitoring`. */
export function subjectOf({ experiment, period, product, source }: Run): string {
  if (experiment !== undefined) return `${experiment} ${period ?? product}`;
  return source ?? product;
}
