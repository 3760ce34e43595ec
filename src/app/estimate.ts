/** What the exports of a plan would read, and what that costs at the list price. */
import { costOf, type Pricing } from '../domain/query-cost-price.ts';
import type { StatisticsSource } from '../ports/statistics-source.ts';
import type { DueFile } from '../producer/product-plan.ts';

export interface Estimate {
  /** Bytes that the warehouse would bill for each view or table; those it cannot tell of are missing. */
  readonly bytes: ReadonlyMap<string, number>;
  readonly totalBytes: number;
  /** At the price for bytes read, in US dollars; where slot-hours are paid for it is for orientation only. */
  readonly usd: number;
}

/** Asks the warehouse, which reads nothing for it. */
export async function estimate(
  source: Pick<StatisticsSource, 'estimateBytes'>,
  due: readonly DueFile[],
  { pricing, signal }: { readonly pricing: Pricing; readonly signal: AbortSignal },
): Promise<Estimate> {
  const tables = due.flatMap((file) => file.table ?? []);
  const bytes = await source.estimateBytes(tables, signal);
  const totalBytes = [...bytes.values()].reduce((sum, size) => sum + size, 0);
  return {
    bytes,
    totalBytes,
    usd: costOf({ slotMs: 0, bytesProcessed: totalBytes }, { ...pricing, mode: 'on_demand' }) ?? 0,
  };
}
