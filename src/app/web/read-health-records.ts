/** What the health page tells from the monitoring tables, in a handful of queries. */
import { z } from 'zod';
import { EXPORT_RUNS_TABLE } from '../../domain/monitoring-tables.ts';
import type { RowLimits } from '../../domain/row-limits.ts';
import { dateText, dayOf, MICROS_PER_DAY, MICROS_PER_MS, MS_PER_DAY, parseDate } from '../../domain/utc-time.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';
import type { MonitoringSums } from '../../ports/monitoring-sums.ts';
import type { RecordRow } from '../../ports/record-sink.ts';
import type { RecordStage } from '../../ports/record-stage.ts';
import type { DayCost, HealthRecords } from '../../web/pages/health/health-source.ts';
import { type EndedRun, firstHour, hourCounts } from '../../web/pages/health/throughput.ts';
import { USUAL_DAYS, usualRange } from '../../web/pages/health/usual.ts';
import { costsByDay, waitingRuns } from '../cost/read-costs.ts';
import { waitingRunRows } from '../runs/read-runs.ts';

export interface HealthRecordSources {
  readonly reader: MonitoringReader;
  readonly sums: MonitoringSums;
  /** Absent where there is no Redis: runs of the last minutes may be missing. */
  readonly stage?: Pick<RecordStage, 'windows' | 'peek'>;
  readonly clock: WallClock;
}

/** Of more runs in seven days, the oldest are left out. */
const LIMITS: RowLimits = { rows: 100_000, characters: 100 };
/** Costs of the analysis come a day late, or later if its import failed. */
const COST_LOOK_BACK_DAYS = 7;

export async function readHealthRecords(sources: HealthRecordSources, signal: AbortSignal): Promise<HealthRecords> {
  const now = sources.clock.now();
  const runs = await endedRuns(sources, firstHour(now), signal);
  const startOfDay = now - (now % MS_PER_DAY);
  const published = runs.filter(({ end, finishedAt }) => end === 'published' && finishedAt >= startOfDay);
  return {
    hours: hourCounts(runs, now),
    publishedToday: published.length,
    usuallyPublished: usualRange(await publishedByDay(sources, now, signal)),
    cost: await dayCost(sources, now, signal),
  };
}

const RunRow = z.object({
  run_id: z.string(),
  finished_at: z.string(),
  outcome: z.enum(['published', 'failed']),
  generation: z.string().nullish(),
});

/** Files with new bytes count as published. */
async function endedRuns(
  { reader, stage }: HealthRecordSources,
  since: number,
  signal: AbortSignal,
): Promise<EndedRun[]> {
  // First those that wait: a run that is written meanwhile is then seen twice rather than not at all.
  const waiting = stage === undefined ? [] : await waitingRunRows(stage);
  const written = await reader.rows(
    {
      table: EXPORT_RUNS_TABLE,
      columns: Object.keys(RunRow.shape),
      since: { column: 'finished_at', from: since * MICROS_PER_MS },
      among: { column: 'outcome', values: ['published', 'failed'] },
      limits: LIMITS,
    },
    signal,
  );
  const runs = new Map<string, EndedRun>();
  for (const row of [...written, ...waiting]) {
    const run = toRun(row);
    if (run !== undefined) runs.set(run.key, run);
  }
  return [...runs.values()];
}

function toRun(row: RecordRow): (EndedRun & { readonly key: string }) | undefined {
  const run = RunRow.safeParse(row).data;
  if (run === undefined || (run.outcome === 'published' && typeof run.generation !== 'string')) return undefined;
  const finishedAt = Date.parse(run.finished_at);
  // A renewed job has the same run id again.
  return { key: `${run.run_id} ${finishedAt}`, finishedAt, end: run.outcome };
}

/** Of the complete days before this one, beginning with the first on which something was published. */
async function publishedByDay({ sums }: HealthRecordSources, now: number, signal: AbortSignal): Promise<number[]> {
  const today = parseDate(dayOf(now)) ?? 0;
  const range = { column: 'finished_at', from: today - USUAL_DAYS * MICROS_PER_DAY, to: today };
  const request = {
    table: EXPORT_RUNS_TABLE,
    by: 'day',
    columns: ['bytes_written'],
    counted: 'generation',
    range,
  } as const;
  const groups = await sums.sums(request, signal);
  const counts = new Map(groups.map(({ group, count }) => [group[0] ?? '', count]));
  const days = daysFrom(range.from, USUAL_DAYS);
  const first = days.findIndex((day) => counts.has(day));
  return first < 0 ? [] : days.slice(first).map((day) => counts.get(day) ?? 0);
}

/** Only days of which the analysis' costs are known. */
async function dayCost(sources: HealthRecordSources, now: number, signal: AbortSignal): Promise<DayCost | undefined> {
  const today = parseDate(dayOf(now)) ?? 0;
  const length = COST_LOOK_BACK_DAYS + USUAL_DAYS;
  const from = today - length * MICROS_PER_DAY;
  const waiting = await waitingRuns(sources, signal);
  const costOn = await costsByDay(sources, { from, to: today }, { waiting, signal });
  const costs = daysFrom(from, length).flatMap((day) => {
    const analysis = costOn('analysis', day);
    return analysis === undefined ? [] : [{ day, usd: analysis.usd + (costOn('contrail', day)?.usd ?? 0) }];
  });
  const last = costs.at(-1);
  if (last === undefined || (parseDate(last.day) ?? 0) < today - COST_LOOK_BACK_DAYS * MICROS_PER_DAY) return undefined;
  const before = costs.slice(0, -1).slice(-USUAL_DAYS);
  return { ...last, usually: usualRange(before.map(({ usd }) => usd)) };
}

/** Microseconds since 1970 of the first day. */
function daysFrom(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => dateText(first + index * MICROS_PER_DAY));
}
