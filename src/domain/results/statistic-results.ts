/** The rows of one window, gathered by metric and statistic. */
import type { Estimate, ResultsRow } from './results-index.ts';

/** What one statistic of a metric says in one window. Of rows with the same names the first counts. */
export class StatisticResults {
  readonly #absolute = new Map<string, Estimate>();
  readonly #comparisons = new Map<string, Estimate>();
  readonly #against = new Set<string>();
  /** The window that the rows come from. */
  readonly window: number | null;

  constructor(window: number | null) {
    this.window = window;
  }

  add(row: ResultsRow): void {
    const { branch, comparison, against, point, lower, upper, ciWidth } = row;
    const estimate = { point, lower, upper, ciWidth };
    if (comparison === null) {
      if (!this.#absolute.has(branch)) this.#absolute.set(branch, estimate);
    } else if (against !== null) {
      const key = keyOf(comparison, branch, against);
      if (!this.#comparisons.has(key)) this.#comparisons.set(key, estimate);
      this.#against.add(against);
    }
  }

  /** Branches that others are compared with. */
  get against(): ReadonlySet<string> {
    return this.#against;
  }

  absolute(branch: string): Estimate | null {
    return this.#absolute.get(branch) ?? null;
  }

  difference(branch: string, against: string): Estimate | null {
    return this.#comparisons.get(keyOf('difference', branch, against)) ?? null;
  }

  uplift(branch: string, against: string): Estimate | null {
    return this.#comparisons.get(keyOf('relative_uplift', branch, against)) ?? null;
  }
}

/** By metric, then by statistic. */
export type GatheredResults = ReadonlyMap<string, ReadonlyMap<string, StatisticResults>>;

export function gatherResults(rows: Iterable<ResultsRow>): GatheredResults {
  const metrics = new Map<string, Map<string, StatisticResults>>();
  for (const row of rows) {
    const statistics = metrics.get(row.metric) ?? new Map<string, StatisticResults>();
    metrics.set(row.metric, statistics);
    const results = statistics.get(row.statistic) ?? new StatisticResults(row.window);
    statistics.set(row.statistic, results);
    results.add(row);
  }
  return metrics;
}

function keyOf(comparison: string, branch: string, against: string): string {
  return JSON.stringify([comparison, branch, against]);
}
