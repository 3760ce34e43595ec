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
