/** What a day cost, and the month until then. */
import { EXPERIMENTS_TABLE } from '../../domain/monitoring-tables.ts';
import { ExperimentsByTable } from '../../domain/query-cost-name.ts';
import { dateText, dayOf, MICROS_PER_DAY, MS_PER_DAY, parseDate } from '../../domain/utc-time.ts';
import { addCosts, type Cost, type CostEntry, type CostKind, NO_COST } from './cost.ts';
import { costImports, type CostImport } from './cost-imports.ts';
import { costEntries, costsByDay, type CostSources, waitingRuns } from './read-costs.ts';

export interface CostReport {
  /** `2026-01-14`, in UTC. */
  readonly day: string;
  /** Whether the day is over. */
  readonly isComplete: boolean;
  /** Whether the analysis' queries of the day are known. */
  readonly analysis: CostImport;
  readonly entries: readonly CostEntry[];
  /** Tells whose a table is. */
  readonly experiments: ExperimentsByTable;
  readonly month: MonthCosts;
  /** Complete days after this one whose analysis costs are missing, oldest first. */
  readonly newerWithout: readonly string[];
}

export interface MonthCosts {
  /** The first of the month, and the day. */
  readonly from: string;
  readonly to: string;
  readonly costs: Readonly<Record<CostKind, Cost>>;
  /** Days of the month without any query of the analysis. */
  readonly daysWithoutAnalysis: readonly string[];
}

export interface CostRequest {
  /** Undefined: the newest complete day whose analysis costs are known, of the last week. */
  readonly day: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const LOOK_BACK_DAYS = 7;

export async function readCostReport(
  sources: CostSources,
  { day: asked, now }: CostRequest,
  signal: AbortSignal,
): Promise<CostReport> {
  const today = dayOf(now);
  const candidates = asked === undefined ? daysBefore(now, LOOK_BACK_DAYS) : [asked];
  const newest = candidates[0] ?? today;
  const from = firstOfMonth(candidates.at(-1) ?? today);
  const waiting = await waitingRuns(sources, signal);
  const costOn = await costsByDay(sources, { from, to: startOf(newest) + MICROS_PER_DAY }, { waiting, signal });
  const importOf = await costImports(sources.reader, candidates, signal);
  const analysisOf = (day: string): CostImport =>
    costOn('analysis', day) === undefined ? importOf(day) : { state: 'imported' };
  const day = candidates.find((one) => analysisOf(one).state === 'imported') ?? newest;
  const range = { from: startOf(day), to: startOf(day) + MICROS_PER_DAY };
  const entries = await costEntries(sources, range, { waiting, signal });
  return {
    day,
    isComplete: day < today,
    analysis: analysisOf(day),
    entries,
    experiments: await experimentsOf(sources, entries, signal),
    month: monthUntil(day, costOn),
    newerWithout: candidates.filter((one) => one > day).toReversed(),
  };
}

/** Complete days, newest first. */
function daysBefore(now: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => dayOf(now - (index + 1) * MS_PER_DAY));
}

function monthUntil(day: string, costOn: (kind: CostKind, day: string) => Cost | undefined): MonthCosts {
  const first = firstOfMonth(day);
  const count = (startOf(day) - first) / MICROS_PER_DAY + 1;
  const days = Array.from({ length: count }, (_, index) => dateText(first + index * MICROS_PER_DAY));
  const sumOf = (kind: CostKind): Cost => addCosts(days.map((one) => costOn(kind, one) ?? NO_COST));
  return {
    from: dateText(first),
    to: day,
    costs: { analysis: sumOf('analysis'), contrail: sumOf('contrail') },
    daysWithoutAnalysis: days.filter((one) => costOn('analysis', one) === undefined),
  };
}

/** Descriptions of tables are read only where the name fits several experiments. */
async function experimentsOf(
  sources: CostSources,
  entries: readonly CostEntry[],
  signal: AbortSignal,
): Promise<ExperimentsByTable> {
  const slugs = [...(await knownSlugs(sources, signal)), ...entries.flatMap(({ experiment }) => experiment ?? [])];
  const byName = new ExperimentsByTable(slugs);
  const tables = entries.flatMap(({ kind, table }) => (kind === 'analysis' ? [table] : []));
  const ambiguous = [...new Set(tables.filter((table) => byName.isAmbiguous(table)))];
  if (ambiguous.length === 0) return byName;
  try {
    return new ExperimentsByTable(slugs, await sources.source.listTables(signal, ambiguous));
  } catch {
    signal.throwIfAborted();
    return byName;
  }
}

async function knownSlugs({ reader }: CostSources, signal: AbortSignal): Promise<string[]> {
  const rows = await reader.rows({ table: EXPERIMENTS_TABLE, columns: ['normandy_slug'] }, signal);
  return rows.flatMap((row) => (typeof row['normandy_slug'] === 'string' ? [row['normandy_slug']] : []));
}

function startOf(day: string): number {
  return parseDate(day) ?? Number.NaN;
}

function firstOfMonth(day: string): number {
  return startOf(`${day.slice(0, 7)}-01`);
}
