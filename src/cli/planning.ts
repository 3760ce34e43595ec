/** What planning needs, of the settings and the adapters. */
import type { Config } from '../config/load-config.ts';
import type { ResolveMetadata } from '../producer/plan-metadata.ts';
import type { ProductPlanDependencies } from '../producer/plan-products.ts';
import { formatAnalysisStart } from '../workers/metadata/analysis-start.ts';
import { prepareMetadata } from '../workers/metadata/export-metadata.ts';
import { readExperiment } from '../workers/metadata/read-experiment.ts';
import type { Parts } from './wire.ts';

export function planDependencies(parts: Parts, config: Config): ProductPlanDependencies {
  return {
    ...parts,
    api: parts.experiments,
    resolveMetadata: resolveWith(parts),
    analysisLeadMs: config['metadata.analysisLead'],
  };
}

function resolveWith({ resolution }: Pick<Parts, 'resolution'>): ResolveMetadata {
  return async (experiment, { analysisStart, firstAnalysedAt }, signal) => {
    const start = analysisStart === null ? null : formatAnalysisStart(analysisStart);
    const facts = { analysisStart: start, firstAnalysedAt, signal };
    const prepared = await prepareMetadata(await resolution(), readExperiment(experiment), facts);
    return prepared.kind === 'file' ? { version: prepared.file.sourceVersion } : { nothing: prepared.reason };
  };
}
