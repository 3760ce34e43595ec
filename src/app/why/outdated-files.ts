/** Finds published files whose source has changed, in a warehouse whose versions are no times. */
import type { AnalysisPeriod } from '../../domain/analysis-period.ts';
import { timeOfVersion } from '../../domain/source-version.ts';
import { statisticsTableName } from '../../domain/statistics-name.ts';
import type { PublishedFile, WindowTable } from '../../domain/trace/inputs.ts';
import type { StatisticsSource } from '../../ports/statistics-source.ts';

export interface OutdatedRequest {
  readonly source: Pick<StatisticsSource, 'describeTables'>;
  readonly experiment: string;
  readonly tables: readonly WindowTable[];
  readonly signal: AbortSignal;
}

/** Asks for the versions of the views only if those of the tables are no times; a view that cannot be read proves nothing. */
export async function markOutdated(
  files: ReadonlyMap<AnalysisPeriod, PublishedFile>,
  { source, experiment, tables, signal }: OutdatedRequest,
): Promise<ReadonlyMap<AnalysisPeriod, PublishedFile>> {
  const candidates = tables.filter(({ period, version }) => {
    const published = files.get(period)?.version;
    return typeof published === 'string' && [version, published].every((text) => timeOfVersion(text) === undefined);
  });
  if (candidates.length === 0) return files;
  const views = new Map(candidates.map(({ period }) => [statisticsTableName(experiment, period), period]));
  const described = await source.describeTables([...views.keys()], signal);
  const marked = new Map(files);
  for (const { name, version } of described.tables) {
    const period = views.get(name);
    const file = period === undefined ? undefined : files.get(period);
    if (period !== undefined && file !== undefined)
      marked.set(period, { ...file, isOutdated: file.version !== version });
  }
  return marked;
}
