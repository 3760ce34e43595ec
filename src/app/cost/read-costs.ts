/**
 * Reads costs: `query_cost_v1` for the analysis, `export_runs_v1` for Contrail, and runs that still wait in Redis. The
 * warehouse adds up, so memory grows with the tables and files of a day.
 */
import { z } from 'zod';
import { EXPORT_RUNS_TABLE, QUERY_COST_TABLE } from '../../domain/monitoring-tables.ts';
import { dateText, parseTimestamp } from '../../domain/utc-time.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';
import type { GroupSums, MonitoringSums, SumsRequest } from '../../ports/monitoring-sums.ts';
import type { RecordRow } from '../../ports/record-sink.ts';
import type { RecordStage } from '../../ports/record-stage.ts';
import type { StatisticsSource } from '../../ports/statistics-source.ts';
import { waitingRunRows } from '../runs/read-runs.ts';
import { addCosts, type Cost, type CostEntry, type CostKind } from './cost.ts';

export interface CostSources {
  readonly reader: MonitoringReader;
  readonly sums: MonitoringSums;
  readonly source: Pick<StatisticsSource, 'listTables'>;
  /** Absent where there is no Redis: runs of the last minutes may be missing. */
  readonly stage?: Pick<RecordStage, 'windows' | 'peek'>;
}

/** Microseconds since 1970, without the end. */
export interface CostRange {
  readonly from: number;
  readonly to: number;
}

const ANALYSIS = {
  table: QUERY_COST_TABLE,
  columns: ['cost_usd', 'total_bytes_processed', 'total_slot_ms'],
  counted: 'submission_timestamp',
};
const RUNS = { table: EXPORT_RUNS_TABLE, columns: ['cost_usd', 'bytes_billed', 'slot_ms'], counted: 'cost_usd' };

const WaitingRun = z.object({
  run_id: z.string(),
  finished_at: z.string(),
  product: z.string(),
  experiment: z.string().nullish(),
  period: z.string().nullish(),
  source: z.string().nullish(),
  // Only runs that read something that costs.
  cost_usd: z.number(),
  bytes_billed: z.number().nullish(),
  slot_ms: z.number().nullish(),
});
type WaitingRun = z.infer<typeof WaitingRun>;

/** The runs that wait to be written. Read them before anything else: one that is written meanwhile is found in the table. */
export async function waitingRuns(
  { reader, stage }: Pick<CostSources, 'reader' | 'stage'>,
  signal: AbortSignal,
): Promise<WaitingRun[]> {
  if (stage === undefined) return [];
  const waiting = (await waitingRunRows(stage)).flatMap((row) => WaitingRun.safeParse(row).data ?? []);
  if (waiting.length === 0) return [];
  const columns = ['run_id', 'finished_at'];
  const among = { column: 'run_id', values: [...new Set(waiting.map((run) => run.run_id))] };
  const written = new Set((await reader.rows({ table: EXPORT_RUNS_TABLE, columns, among }, signal)).map(keyOf));
  return waiting.filter((run) => !written.has(keyOf(run)));
}

/** The costs of each day with costs. */
export async function costsByDay(
  { sums }: Pick<CostSources, 'sums'>,
  range: CostRange,
  { waiting, signal }: { readonly waiting: readonly WaitingRun[]; readonly signal: AbortSignal },
): Promise<(kind: CostKind, day: string) => Cost | undefined> {
  const analysis = await sums.sums(request('analysis', 'day', range), signal);
  const runs = await sums.sums(request('contrail', 'day', range), signal);
  const ofWaiting = waiting.map((run) => ({ day: dayOf(run), cost: costOfRun(run) }));
  return (kind, day) => {
    const found = (kind === 'analysis' ? analysis : runs).filter(({ group }) => group[0] === day).map(costOf);
    const own = kind === 'contrail' ? ofWaiting.filter((run) => run.day === day).map(({ cost }) => cost) : [];
    return found.length + own.length === 0 ? undefined : addCosts([...found, ...own]);
  };
}

/** What each table and file cost on a day. */
export async function costEntries(
  { sums }: Pick<CostSources, 'sums'>,
  range: CostRange,
  { waiting, signal }: { readonly waiting: readonly WaitingRun[]; readonly signal: AbortSignal },
): Promise<CostEntry[]> {
  const analysis = await sums.sums(request('analysis', ['destination_table', 'experiment_slug'], range), signal);
  const runs = await sums.sums(request('contrail', ['product', 'experiment', 'period', 'source'], range), signal);
  const own = waiting.filter((run) => isWithin(run, range));
  return [
    ...analysis.map((sum) => entryOfTable(sum.group, costOf(sum))),
    // Runs that read nothing that costs are no cost.
    ...runs.filter(({ count }) => count > 0).map((sum) => entryOfRun(sum.group, costOf(sum))),
    ...own.map((run) => {
      const { product, experiment = null, period = null, source = null } = run;
      return entryOfRun([product, experiment, period, source], costOfRun(run));
    }),
  ];
}

function request(kind: CostKind, by: SumsRequest['by'], range: CostRange): SumsRequest {
  return kind === 'analysis'
    ? { ...ANALYSIS, by, range: { column: 'submission_timestamp', ...range } }
    : { ...RUNS, by, range: { column: 'finished_at', ...range } };
}

function costOf({ count, sums: [usd = 0, bytes = 0, slotMs = 0] }: GroupSums): Cost {
  return { usd, queries: count, bytes, slotMs };
}

function costOfRun({ cost_usd: usd, bytes_billed: bytes, slot_ms: slotMs }: WaitingRun): Cost {
  return { usd, queries: 1, bytes: bytes ?? 0, slotMs: slotMs ?? 0 };
}

function entryOfTable([table, slug]: GroupSums['group'], cost: Cost): CostEntry {
  return {
    ...cost,
    kind: 'analysis',
    table: table ?? 'no table',
    experiment: undefined,
    derivedSlug: slug ?? undefined,
  };
}

function entryOfRun([product, experiment, period, source]: GroupSums['group'], cost: Cost): CostEntry {
  const file = [experiment, period ?? product].filter((part) => typeof part === 'string').join(' ');
  return {
    ...cost,
    kind: 'contrail',
    table: source ?? file,
    experiment: experiment ?? undefined,
    derivedSlug: undefined,
  };
}

/** A renewed job has the same run id again. */
function keyOf({ run_id: id, finished_at: finished }: RecordRow | WaitingRun): string {
  return JSON.stringify([id, typeof finished === 'string' ? parseTimestamp(finished) : null]);
}

function isWithin(run: WaitingRun, { from, to }: CostRange): boolean {
  const micros = parseTimestamp(run.finished_at);
  return micros !== undefined && micros >= from && micros < to;
}

function dayOf({ finished_at: finished }: WaitingRun): string {
  const micros = parseTimestamp(finished);
  return micros === undefined ? '' : dateText(micros);
}
