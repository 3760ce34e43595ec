/** The world of a golden trace, as `contrail why` reads it: record, metric-hub, objects of the bucket, tables. */
import type { HubTree } from '../../src/adapters/memory/metric-hub.ts';
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../../src/domain/analysis-period.ts';
import { metadataObjectName } from '../../src/domain/metadata-name.ts';
import { METADATA } from '../../src/domain/object-metadata.ts';
import { statisticsObjectName } from '../../src/domain/statistics-name.ts';
import { ABSENT, type ObjectMetadata, type ObjectStore } from '../../src/ports/object-store.ts';
import { columnsWithout } from './statistics-table.ts';
import { DATA_SOURCE, metric, never, outcome } from './metadata-world.ts';
import type { TraceFile } from './trace-cases.ts';

const LIST_NAMES: Readonly<Record<AnalysisPeriod, string>> = {
  daily: 'daily',
  weekly: 'weekly',
  days28: '28_day',
  overall: 'overall',
  preenrollment_weekly: 'preenrollment_weekly',
  preenrollment_days28: 'preenrollment_days28',
};
const PRIMARY_OUTCOME = 'primary_outcome';

/** The columns of a per-window table. */
export const WINDOW_TABLE_COLUMNS = columnsWithout('window_index');

/** The record, with an outcome for the primary metrics. */
export function recordOf({ experiment, primaryMetrics }: Pick<TraceFile, 'experiment' | 'primaryMetrics'>): object {
  const { branches, segments, ...record } = experiment;
  return {
    ...record,
    appName: 'firefox_desktop',
    branches: branches.map((slug) => ({ slug, ratio: 1 })),
    segments: segments.map((slug) => ({ slug })),
    outcomes: primaryMetrics.length === 0 ? [] : [{ slug: PRIMARY_OUTCOME, priority: 'primary' }],
    bucketConfig: { randomizationUnit: 'normandy_id', namespace: 'n', start: 0, count: 1000, total: 10_000 },
    proposedEnrollment: 7,
  };
}

/** A metric-hub whose lists are those of the case. */
export function hubTreeOf({ experiment, config, primaryMetrics, skip }: TraceFile): HubTree {
  const metrics = new Map(
    ANALYSIS_PERIODS.flatMap((period) => config[period] ?? []).map((one) => [one.name, one.bases]),
  );
  const define = (name: string) => metric(name, `analysis_bases = ${JSON.stringify(metrics.get(name) ?? [])}`);
  const segments = experiment.segments.map(
    (slug) => `[segments.${slug}]\ndata_source = "clients"\nselect_expression = "TRUE"\n`,
  );
  const lists = ANALYSIS_PERIODS.map(
    (period) => `${LIST_NAMES[period]} = ${JSON.stringify((config[period] ?? []).map(({ name }) => name))}`,
  );
  return {
    'definitions/firefox_desktop.toml': [DATA_SOURCE, ...[...metrics.keys()].map(define)].join('\n'),
    'jetstream/definitions/firefox_desktop.toml': [
      ...segments,
      '[segments.data_sources.clients]\nfrom_expression = "t"\n',
    ].join('\n'),
    [`jetstream/${experiment.slug}.toml`]: [`[experiment]\nskip = ${skip}\n`, '[metrics]', ...lists].join('\n'),
    ...(primaryMetrics.length === 0
      ? {}
      : {
          [`jetstream/outcomes/firefox_desktop/${PRIMARY_OUTCOME}.toml`]: outcome(
            `weekly = ${JSON.stringify(primaryMetrics)}`,
            ...primaryMetrics.map(define),
          ),
        }),
  };
}

/** Publishes the files of the case, and metadata with its analysis start. `versionOf`: the source version of a file. */
export async function publishFiles(
  store: ObjectStore,
  { experiment, files, analysisStart }: TraceFile,
  versionOf: (period: AnalysisPeriod, version: string) => string = (_, version) => version,
): Promise<void> {
  for (const period of ANALYSIS_PERIODS) {
    const file = files[period];
    if (file === undefined) continue;
    const metadata = {
      [METADATA.sourceVersion]: versionOf(period, file.version),
      [METADATA.experiment]: experiment.slug,
    };
    await putObject(store, statisticsObjectName(experiment.slug, period), {
      text: JSON.stringify(file.rows),
      metadata,
    });
  }
  if (analysisStart === null) return;
  const metadata = { [METADATA.analysisStart]: analysisStart };
  await putObject(store, metadataObjectName(experiment.slug), { text: '{}', metadata });
}

export async function putObject(
  store: ObjectStore,
  name: string,
  { text, metadata = {} }: { readonly text: string; readonly metadata?: ObjectMetadata },
): Promise<void> {
  const request = { name, contentType: 'application/json', ifGeneration: ABSENT, signal: never };
  const writer = await store.write(request);
  await writer.write(Buffer.from(text));
  await writer.commit(metadata);
}
