/** The history charts of Bull Board, over run records: they reach back further than the jobs that Redis keeps. */
import type { createBullBoard } from '@bull-board/api';
import type { EndedRun, EndedRuns, RunReader } from './ended-runs.ts';

type BoardOptions = NonNullable<Parameters<typeof createBullBoard>[0]['options']>;
export type MetricsHistoryProvider = NonNullable<BoardOptions['historyProvider']>;
type HistoryQuery = Parameters<MetricsHistoryProvider['getHistory']>[0];
type LatencyQuery = Parameters<NonNullable<MetricsHistoryProvider['getLatency']>>[0];
type HistoryPoint = Awaited<ReturnType<MetricsHistoryProvider['getHistory']>>[number];
type LatencyPoint = Awaited<ReturnType<NonNullable<MetricsHistoryProvider['getLatency']>>>[number];

const STEP_MS = { hour: 3_600_000, day: 86_400_000 } as const;
const MOST_PERCENTILES = 10;
const COMPLETED: readonly string[] = ['published', 'unchanged', 'skipped', 'superseded'];

interface Range {
  readonly from: number;
  readonly to: number;
  readonly queue?: string;
}

export function runHistory(reader: Pick<RunReader, 'read'>): MetricsHistoryProvider {
  return {
    getHistory: async (query) => countPoints(await reader.read(), query),
    getLatency: async (query) => latencyPoints(await reader.read(), query),
  };
}

/** A point for each hour or day of the range of which all runs are known, also where none ended. */
export function countPoints(ended: EndedRuns, query: HistoryQuery): HistoryPoint[] {
  // Ages of queues are not in the records; /metrics has them.
  if (query.metric === 'queueage') return [];
  const isWanted = ({ outcome }: EndedRun): boolean =>
    query.metric === 'failed' ? outcome === 'failed' : COMPLETED.includes(outcome);
  const stepMs = STEP_MS[query.granularity];
  const counts = new Map(startsOf(ended, query, stepMs).map((ts) => [ts, 0]));
  for (const run of runsIn(ended, query)) {
    const ts = startOf(run.finishedAt, stepMs);
    const count = counts.get(ts);
    if (count !== undefined && isWanted(run)) counts.set(ts, count + 1);
  }
  return [...counts].map(([ts, value]) => ({ ts, value }));
}

/** A point for each hour or day in which runs ended, or one for the whole range. */
export function latencyPoints(ended: EndedRuns, query: LatencyQuery): LatencyPoint[] {
  const { granularity, metric } = query;
  const groups = new Map<number, number[]>();
  for (const run of runsIn(ended, query)) {
    const value = metric === 'runtime' ? run.durationMs : run.waitedMs;
    if (value === undefined) continue;
    const ts = granularity === 'range' ? query.from : startOf(run.finishedAt, STEP_MS[granularity]);
    const group = groups.get(ts);
    if (group === undefined) groups.set(ts, [value]);
    else group.push(value);
  }
  const percentiles = query.percentiles.slice(0, MOST_PERCENTILES);
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([ts, values]) => ({ ts, count: values.length, values: percentilesOf(values, percentiles) }));
}

function runsIn({ runs }: EndedRuns, { from, to, queue }: Range): EndedRun[] {
  return runs.filter(
    (run) => run.finishedAt >= from && run.finishedAt <= to && (queue === undefined || run.queue === queue),
  );
}

/** Only whole hours or days after the first known run, and none of the future. */
function startsOf({ since, runs }: EndedRuns, { from, to }: Range, stepMs: number): number[] {
  const newest = runs.reduce((latest, { finishedAt }) => Math.max(latest, finishedAt), since);
  const first = Math.max(startOf(from, stepMs), startOf(since - 1, stepMs) + stepMs);
  const last = startOf(Math.min(to, newest), stepMs);
  const count = Math.max(0, (last - first) / stepMs + 1);
  return Array.from({ length: count }, (_, index) => first + index * stepMs);
}

function startOf(time: number, stepMs: number): number {
  return Math.floor(time / stepMs) * stepMs;
}

/** By nearest rank. */
function percentilesOf(values: readonly number[], percentiles: readonly number[]): Record<string, number> {
  const sorted = values.toSorted((a, b) => a - b);
  return Object.fromEntries(
    percentiles.map((percentile) => {
      const rank = Math.max(1, Math.ceil((percentile / 100) * sorted.length));
      return [String(percentile), sorted[rank - 1] ?? 0];
    }),
  );
}
