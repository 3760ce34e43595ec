/**
 * List prices of BigQuery. Either way an estimate: load jobs are normally free, and a script's parent job repeats its
 * children.
 *
 * @see https://cloud.google.com/bigquery/pricing
 */

/** `editions`: pay for slot-hours, as production does since 2024. `on_demand`: pay for bytes that queries read. */
export type PricingMode = 'editions' | 'on_demand';

export interface Pricing {
  readonly mode: PricingMode;
  readonly usdPerSlotHour: number;
  readonly usdPerTiB: number;
}

/** Enterprise edition, pay as you go, US; and the US on-demand price since July 2023. */
export const LIST_PRICES: Pricing = { mode: 'editions', usdPerSlotHour: 0.06, usdPerTiB: 6.25 };

/** What a query is billed for at least, for each table that it reads. */
const LEAST_BILLED_BYTES = 10 * 1024 ** 2;

/** The most bytes that a query can be billed for on demand: its bytes may all be of one of its tables. */
export function billedBytes({ bytes, tables }: { readonly bytes: number; readonly tables: number }): number {
  return bytes === 0 ? 0 : Math.max(bytes, LEAST_BILLED_BYTES) + (tables - 1) * LEAST_BILLED_BYTES;
}

export interface QueryUsage {
  readonly slotMs: number | null;
  readonly bytesProcessed: number | null;
}

/** The cost of a query in USD, with the operations in production's order; null if the billed amount is unknown. */
export function costOf(usage: QueryUsage, pricing: Pricing): number | null {
  switch (pricing.mode) {
    case 'editions':
      return usage.slotMs === null ? null : (usage.slotMs / 1000 / 60 / 60) * pricing.usdPerSlotHour;
    case 'on_demand':
      return usage.bytesProcessed === null ? null : (usage.bytesProcessed / 1024 ** 4) * pricing.usdPerTiB;
  }
}
