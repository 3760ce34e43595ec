/** Bytes and list price of a plan's exports. */
import { costOf, type Pricing } from '../domain/query-cost-price.ts';
import type { StatisticsSource } from '../ports/statistics-source.ts';
import type { DueFile } from '../producer/product-plan.ts';

export interface Estimate {
  /** Billed bytes per view or table; missing if the warehouse cannot tell. */
  readonly bytes: ReadonlyMap<string, number>;
  readonly totalBytes: number;
  /** At the price for bytes read, in US dollars; only a rough guide for projects that pay by slot-hours. */
  readonly usd: number;
}

/** Asks the warehouse, without reading any table. */
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
