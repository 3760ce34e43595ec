/** What the configured queries have cost today, and whether they may go on (`queries.dailyBudgetUsd`). */
import { z } from 'zod';
import { EXPORT_RUNS_TABLE } from '../../domain/monitoring-tables.ts';
import type { ReadingUsage } from '../../domain/outcome.ts';
import { costOf, type Pricing } from '../../domain/query-cost-price.ts';
import { dayOf, MICROS_PER_DAY, MS_PER_DAY } from '../../domain/utc-time.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';

export interface BudgetOptions {
  readonly reader: MonitoringReader;
  readonly clock: WallClock;
  readonly pricing: Pricing;
  readonly limitUsd: number;
}

/** How long the costs of other processes are kept before they are read again. */
const KEPT_MS = 5 * 60_000;

const RunRow = z.object({ run_id: z.string(), cost_usd: z.number() });

interface Spent {
  readonly day: string;
  readonly readAt: number;
  /** In USD, by run. */
  readonly runs: Map<string, number>;
}

/** Shared by all runs of a process. Their costs count at once; those of other processes when their records are written. */
export class DailyBudget {
  readonly #options: BudgetOptions;
  #spent: Spent | undefined;

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /** Why no query may run today; undefined if there is money left. */
  async exhausted(signal: AbortSignal): Promise<string | undefined> {
    const { limitUsd } = this.#options;
    const { day, runs } = await this.#today(signal);
    const usd = [...runs.values()].reduce((sum, cost) => sum + cost, 0);
    if (usd < limitUsd) return undefined;
    const amounts = `${usd.toFixed(2)} USD of ${limitUsd.toFixed(2)} USD`;
    return `the budget of ${day} is used up (${amounts}, CONTRAIL_QUERIES_DAILY_BUDGET_USD); queries run again tomorrow`;
  }

  /** Counts a run, even one that failed. */
  spend(runId: string, usage: ReadingUsage | undefined): void {
    const { slotMs, bytesBilled } = usage ?? { slotMs: 0, bytesBilled: 0 };
    const usd = costOf({ slotMs, bytesProcessed: bytesBilled }, this.#options.pricing) ?? 0;
    this.#spent?.runs.set(runId, usd);
  }

  async #today(signal: AbortSignal): Promise<Spent> {
    const { clock } = this.#options;
    const now = clock.now();
    const day = dayOf(now);
    const known = this.#spent;
    if (known?.day === day && now - known.readAt < KEPT_MS && now >= known.readAt) return known;
    // Runs of this process may not be in the table yet.
    const own = known?.day === day ? known.runs : [];
    const runs = new Map([...own, ...(await this.#readRuns(now, signal))]);
    this.#spent = { day, readAt: now, runs };
    return this.#spent;
  }

  async #readRuns(now: number, signal: AbortSignal): Promise<[string, number][]> {
    const midnight = Math.floor(now / MS_PER_DAY) * MICROS_PER_DAY;
    const rows = await this.#options.reader.rows(
      {
        table: EXPORT_RUNS_TABLE,
        columns: Object.keys(RunRow.shape),
        since: { column: 'finished_at', from: midnight },
        among: { column: 'product', values: ['query'] },
      },
      signal,
    );
    return rows.flatMap((row): [string, number][] => {
      const { data } = RunRow.safeParse(row);
      return data === undefined ? [] : [[data.run_id, data.cost_usd]];
    });
  }
}
