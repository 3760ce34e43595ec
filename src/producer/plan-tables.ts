/** Plans the statistics files of a few tables that are said to have changed, without listing all of the dataset. */
import { enrollmentsTableName } from '../domain/analysis-run.ts';
import { normaliseSlug } from '../domain/slug.ts';
import { tableReadings } from '../domain/table-owners.ts';
import { takeListing } from './listing.ts';
import { type PlanDependencies, planFiles } from './plan-statistics.ts';
import type { StatisticsPlan, StatisticsTarget } from './statistics-plan.ts';

export interface TablesPlan {
  readonly plan: StatisticsPlan;
  /** The named tables that the dataset does not have. */
  readonly missing: readonly string[];
}

/**
 * The plan of the files that are made of these views and tables. Lists only what belongs to their experiments, and asks
 * neither metric-hub nor the monitoring tables. Names that no statistics table can have are ignored.
 */
export async function planTables(
  deps: Omit<PlanDependencies, 'leftOut'>,
  names: readonly string[],
  signal: AbortSignal,
): Promise<TablesPlan> {
  const readings = names.flatMap(tableReadings);
  const slugs = [...new Set(readings.map(({ normalised }) => normalised))];
  if (slugs.length === 0) return { plan: EMPTY, missing: [] };
  const listing = await takeListing(deps, signal, slugs.flatMap(tableBeginnings));
  const wanted = new Set(readings.map(({ normalised, period }) => `${normalised} ${period}`));
  const { plan } = await planFiles(deps, {
    listing,
    isWanted: ({ experiment, period }: StatisticsTarget) => wanted.has(`${normaliseSlug(experiment)} ${period}`),
    objectBeginnings: slugs.map((slug) => `statistics/statistics_${slug}_`),
    force: false,
    signal,
  });
  const present = new Set(listing.tables.map(({ name }) => name));
  return {
    plan: { ...plan, absent: [], problems: listing.problems },
    missing: names.filter((name) => tableReadings(name).length > 0 && !present.has(name)),
  };
}

const EMPTY: StatisticsPlan = { due: [], skipped: [], refused: [], absent: [], problems: [] };

/** Whether a rerun is under way depends on the other tables of the analysis too. */
function tableBeginnings(slug: string): string[] {
  return [`statistics_${slug}_`, enrollmentsTableName(slug), `${slug}_enrollments_`, `${slug}_exposures_`];
}
