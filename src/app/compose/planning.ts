/** What planning needs, of the settings and the adapters. */
import type { Config } from '../../config/load-config.ts';
import type { ResolveMetadata } from '../../producer/plan-metadata.ts';
import type { ProductPlanDependencies } from '../../producer/plan-products.ts';
import { prepareMetadata, startAfter } from '../../workers/metadata/export-metadata.ts';
import { readExperiment } from '../../domain/read-experiment.ts';
import type { Adapters } from './wire.ts';

export function planDependencies(adapters: Adapters, config: Config): ProductPlanDependencies {
  const analysisLeadMs = config['metadata.analysisLead'];
  return {
    ...adapters,
    api: adapters.experiments,
    resolveMetadata: resolveWith({ ...adapters, analysisLeadMs }),
    analysisLeadMs,
  };
}

function resolveWith(
  deps: Pick<Adapters, 'resolution' | 'store' | 'clock'> & { readonly analysisLeadMs: number },
): ResolveMetadata {
  return async (experiment, { results, firstAnalysedAt, object }, signal) => {
    const analysis = await startAfter(deps, results, { before: object, signal });
    const facts = { analysis, firstAnalysedAt, signal };
    const prepared = await prepareMetadata(await deps.resolution(), readExperiment(experiment), facts);
    return prepared.kind === 'content' ? { version: prepared.sourceVersion } : { nothing: prepared.reason };
  };
}
