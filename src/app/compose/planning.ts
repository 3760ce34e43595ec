/** The dependencies of planning, from settings and adapters. */
import type { Config } from '../../config/load-config.ts';
import type { FreshnessIndex } from '../../ports/freshness-index.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import type { RecordTaker } from '../../ports/record-sink.ts';
import type { ResolveMetadata } from '../../producer/plan-metadata.ts';
import type { ProductPlanDependencies } from '../../producer/plan-products.ts';
import { leftOutExperiments } from '../../workers/metadata/analysis-choices.ts';
import { prepareMetadata, startAfter } from '../../workers/metadata/export-metadata.ts';
import { readExperiment } from '../../domain/read-experiment.ts';
import type { ScanDependencies } from '../scan.ts';
import type { WorkAdapters } from './adapters.ts';

export function planDependencies(adapters: WorkAdapters, config: Config): ProductPlanDependencies {
  const analysisLeadMs = config['metadata.analysisLead'];
  return {
    api: adapters.experiments,
    source: adapters.source,
    store: adapters.store,
    clock: adapters.clock,
    settleMs: config['rerun.settle'],
    leftOut: (signal) => leftOutExperiments(adapters.resolution, signal),
    sink: adapters.sink,
    logs: adapters.logs,
    resolveMetadata: resolveWith(adapters, analysisLeadMs),
    analysisLeadMs,
    withUnanalysedMetadata: config['metadata.unanalysed'],
  };
}

export interface ScanSetup {
  readonly queue: JobQueue;
  /** The sink for log rows about files that cannot be made. */
  readonly records: RecordTaker;
  /** Where states of files are kept; absent: nowhere. */
  readonly index?: FreshnessIndex;
}

export function scanDependencies(
  adapters: WorkAdapters,
  config: Config,
  { queue, records, index }: ScanSetup,
): ScanDependencies {
  const { store, clock, random, log } = adapters;
  return {
    planning: planDependencies(adapters, config),
    enqueuing: { queue, store, records, clock, random, log },
    ...(index === undefined ? {} : { noting: { index, queue, clock, log } }),
  };
}

function resolveWith(
  { resolution, store, clock }: Pick<WorkAdapters, 'resolution' | 'store' | 'clock'>,
  analysisLeadMs: number,
): ResolveMetadata {
  return async (experiment, { results, firstAnalysedAt, object, files }, signal) => {
    const analysis = await startAfter({ store, clock, analysisLeadMs }, results, { before: object, files, signal });
    const facts = { analysis, firstAnalysedAt, now: clock.now(), signal };
    const prepared = await prepareMetadata(await resolution(), readExperiment(experiment), facts);
    return prepared.kind === 'content' ? { version: prepared.sourceVersion } : { nothing: prepared.reason };
  };
}
