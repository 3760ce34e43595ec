/** `contrail run metadata`: exports metadata files in this process, without Redis. */
import { loadConfig } from '../../config/load-config.ts';
import { parseAnalysisStart } from '../../workers/metadata/analysis-start.ts';
import { exportMetadata } from '../../workers/metadata/export-metadata.ts';
import { metadataDependencies } from '../../app/compose/export-dependencies.ts';
import { ask } from '../help.ts';
import { runExperiments } from '../run-experiments.ts';
import { logOf } from '../log.ts';
import { abortOnSignals } from '../signals.ts';
import { wire } from '../../app/compose/wire.ts';

interface Options {
  readonly experiment: readonly string[];
  readonly analysisStart?: string;
  readonly force?: true;
  readonly json?: true;
}

export async function runMetadata({ experiment, analysisStart, force, json }: Options): Promise<void> {
  if (analysisStart !== undefined) ask(() => parseAnalysisStart(analysisStart));
  const config = loadConfig(['warehouse', 'bucket']);
  const adapters = await wire(config, { createWarehouse: true, log: logOf(config) });
  const { signal, release } = abortOnSignals();
  try {
    const deps = await metadataDependencies(adapters, config);
    await runExperiments({
      product: 'metadata',
      experiments: [...new Set(experiment)],
      adapters,
      config,
      asJson: json ?? false,
      signal,
      run: (slug, job) => {
        const start = analysisStart === undefined ? {} : { analysisStart };
        const request = { experiment: slug, ...start, force: force ?? false, job, signal };
        return exportMetadata(deps, request);
      },
    });
  } finally {
    release();
    await adapters.close();
  }
}
