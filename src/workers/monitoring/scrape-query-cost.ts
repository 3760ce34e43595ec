/** Writes the cost of a day's analysis queries into `query_cost_v1` (spec: monitoring, section 5). */
import { ContrailError } from '../../domain/errors.ts';
import { recordBatchId } from '../../domain/log-record.ts';
import { QUERY_COST_TABLE } from '../../domain/monitoring-tables.ts';
import { queryCostRows } from '../../domain/query-cost.ts';
import type { Pricing } from '../../domain/query-cost-price.ts';
import { quote } from '../../domain/slug.ts';
import { dayOf, daysBetween } from '../../domain/utc-time.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { JobHistory } from '../../ports/job-history.ts';
import type { RecordSink } from '../../ports/record-sink.ts';

export interface ScrapeDependencies {
  readonly history: JobHistory;
  readonly tables: Pick<RecordSink, 'replace'>;
  readonly clock: WallClock;
  readonly dataset: string;
  readonly pricing: Pricing;
}

export interface ScrapeResult {
  readonly day: string;
  readonly rows: number;
  readonly costUsd: number;
  /** Whether the day was over; if not, its cost can still grow and must be scraped again. */
  readonly isComplete: boolean;
}

/**
 * Replaces the rows of a day from the job history. `work` identifies this scrape, so that a repetition writes nothing
 * twice. Throws USAGE for a day that the history no longer has, because its rows would be lost.
 */
export async function scrapeQueryCost(
  { history, tables, clock, dataset, pricing }: ScrapeDependencies,
  request: { readonly day: string; readonly work: readonly string[]; readonly signal: AbortSignal },
): Promise<ScrapeResult> {
  const { day, work, signal } = request;
  const today = dayOf(clock.now());
  checkDay(day, today, history.keptDays);
  const rows = queryCostRows(await history.jobsOf(day, dataset, signal), { day, dataset, pricing });
  const id = recordBatchId([QUERY_COST_TABLE, day, ...work]);
  await tables.replace({ id, table: QUERY_COST_TABLE, partition: day, rows }, signal);
  const costUsd = rows.reduce((sum, row) => sum + (row.cost_usd ?? 0), 0);
  return { day, rows: rows.length, costUsd, isComplete: day < today };
}

function checkDay(day: string, today: string, keptDays: number | null): void {
  const age = daysBetween(day, today);
  if (age !== undefined && (keptDays === null || age < keptDays)) return;
  const problem = age === undefined ? 'it is not a calendar day' : `the job history goes back ${keptDays} days`;
  throw new ContrailError('USAGE', `The cost of ${quote(day)} cannot be read: ${problem}.`, {
    hint: `Give a day such as ${today}.`,
  });
}
