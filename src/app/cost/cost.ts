/** Costs of a day, and their sums. */

/** `analysis`: queries of the analysis pipeline. `contrail`: what Contrail's own exports and queries read. */
export type CostKind = 'analysis' | 'contrail';

export interface Cost {
  readonly usd: number;
  /** Queries of the analysis; runs of Contrail that read something that costs. */
  readonly queries: number;
  /** Processed by the analysis, billed to Contrail. */
  readonly bytes: number;
  readonly slotMs: number;
}

/** What one table, or one file, cost on a day. */
export interface CostEntry extends Cost {
  readonly kind: CostKind;
  /** The table that a query wrote, or that was read; a name for lists where there is none. */
  readonly table: string;
  /** The exact slug, if the run says it. */
  readonly experiment: string | undefined;
  /** The slug as production derives it from the table's name. */
  readonly derivedSlug: string | undefined;
}

export const NO_COST: Cost = { usd: 0, queries: 0, bytes: 0, slotMs: 0 };

export function addCosts(costs: Iterable<Cost>): Cost {
  let sum = NO_COST;
  for (const { usd, queries, bytes, slotMs } of costs) {
    sum = {
      usd: sum.usd + usd,
      queries: sum.queries + queries,
      bytes: sum.bytes + bytes,
      slotMs: sum.slotMs + slotMs,
    };
  }
  return sum;
}
