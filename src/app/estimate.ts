/** Bytes and list price of a plan's exports. */
import { billedBytes, costOf, type Pricing } from '../domain/query-cost-price.ts';
import type { StatisticsSource } from '../ports/statistics-source.ts';
import type { DueFile } from '../producer/product-plan.ts';

export interface Estimate {
  /** Bytes that a query of each view or table would read; missing if the warehouse cannot tell. */
  readonly bytes: ReadonlyMap<string, number>;
  readonly totalBytes: number;
  /** The same with the minimum that is billed for each table. */
  readonly billedBytes: number;
  /**
   * At the on-demand price for billed bytes, in US dollars. An upper bound: tables that are read without a query cost less,
   * and projects that pay by slot-hours do not pay by bytes.
   */
  readonly usd: number;
  /** Views and tables whose size the warehouse cannot tell; they are not in the price. */
  readonly unknown: number;
}

/** Asks the warehouse, without reading any table. */
export async function estimate(
  source: Pick<StatisticsSource, 'estimateReads'>,
  due: readonly DueFile[],
  { pricing, signal }: { readonly pricing: Pricing; readonly signal: AbortSignal },
): Promise<Estimate> {
  const tables = [...new Set(due.flatMap((file) => file.table ?? []))];
  const reads = await source.estimateReads(tables, signal);
  const billed = [...reads.values()].reduce((sum, read) => sum + billedBytes(read), 0);
  return {
    bytes: new Map([...reads].map(([table, { bytes }]) => [table, bytes])),
    totalBytes: [...reads.values()].reduce((sum, { bytes }) => sum + bytes, 0),
    billedBytes: billed,
    usd: costOf({ slotMs: 0, bytesProcessed: billed }, { ...pricing, mode: 'on_demand' }) ?? 0,
    unknown: tables.length - reads.size,
  };
}
