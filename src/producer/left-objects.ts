/** Published statistics files whose view or table is not there any more. */
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../domain/analysis-period.ts';
import type { Experiment } from '../domain/experiment.ts';
import type { KnownBy } from '../domain/file-claim.ts';
import { METADATA } from '../domain/object-metadata.ts';
import type { WindowTables } from '../domain/rerun/window-tables.ts';
import { parseStatisticsObjectName, statisticsObjectName, statisticsTableName } from '../domain/statistics-name.ts';
import type { StoredObject } from '../ports/object-store.ts';
import type { StatisticsTarget } from './statistics-plan.ts';

interface Known {
  readonly experiments: readonly Experiment[];
  readonly tables: WindowTables;
  /** The files that have a view or table. */
  readonly taken: readonly StatisticsTarget[];
}

/** Files of which neither view nor tables are left. One whose tables are there waits for its view. */
export function leftTargets(
  objects: Iterable<StoredObject>,
  { experiments, tables, taken }: Known,
): StatisticsTarget[] {
  const withSource = new Set(taken.map(({ table }) => table));
  const listed = listedFiles(experiments);
  return [...objects].flatMap((object): StatisticsTarget[] => {
    const name = parseStatisticsObjectName(object.name);
    if (name === undefined) return [];
    const owner = listed.get(object.name) ?? ownerOf(object, name);
    const table = statisticsTableName(owner.experiment, owner.period);
    if (withSource.has(table) || !tables.lacksTables(owner.experiment, owner.period)) return [];
    return [{ ...owner, table }];
  });
}

type Owner = Omit<StatisticsTarget, 'table'>;

/** The experiments of the API by the names of their files; of two with the same name the first. */
function listedFiles(experiments: readonly Experiment[]): ReadonlyMap<string, Owner> {
  const owners = new Map<string, Owner>();
  for (const { slug, console: record } of experiments) {
    for (const period of ANALYSIS_PERIODS) {
      const name = statisticsObjectName(slug, period);
      if (!owners.has(name)) owners.set(name, { experiment: slug, period, knownBy: 'api', record });
    }
  }
  return owners;
}

function ownerOf(object: StoredObject, name: { readonly slug: string; readonly period: AnalysisPeriod }): Owner {
  const slug = object.metadata[METADATA.experiment];
  const isOfName = slug !== undefined && statisticsObjectName(slug, name.period) === object.name;
  const knownBy: KnownBy = 'tables';
  return { experiment: isOfName ? slug : name.slug, period: name.period, knownBy, record: undefined };
}
