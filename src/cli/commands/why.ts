/** `contrail why`: where the results of an experiment were lost. Reads only, and works without Redis. */
import { loadConfig } from '../../config/load-config.ts';
import { whyDependencies } from '../../app/compose/why-dependencies.ts';
import { wire } from '../../app/compose/wire.ts';
import { explainExperiment } from '../../app/why/explain-experiment.ts';
import { parseAnalysisPeriod } from '../../domain/analysis-period.ts';
import { checkSlug } from '../../domain/slug.ts';
import { ask } from '../help.ts';
import { logOf } from '../log.ts';
import { abortOnSignals } from '../signals.ts';
import { printExplanation, printExplanationAsJson } from '../why/print-explanation.ts';

interface Options {
  readonly metric?: string;
  readonly period?: string;
  readonly json?: true;
}

export async function why(slug: string, { metric, period: periodText, json }: Options): Promise<void> {
  ask(() => checkSlug(slug));
  const period = periodText === undefined ? undefined : ask(() => parseAnalysisPeriod(periodText));
  const config = loadConfig(['warehouse', 'bucket']);
  const adapters = await wire(config, { createWarehouse: false, log: logOf(config) });
  const { signal, release } = abortOnSignals();
  try {
    const request = {
      slug,
      ...(period === undefined ? {} : { period }),
      ...(metric === undefined ? {} : { metric }),
    };
    const explanation = await explainExperiment(whyDependencies(adapters, config), request, signal);
    if (json === true) printExplanationAsJson(explanation);
    else printExplanation(explanation);
    // A wrong record or configuration is the answer. A source that cannot be read is not.
    const error = explanation.untraced?.error;
    if (error !== undefined && error.failureClass !== 'content') throw error;
  } finally {
    release();
    await adapters.close();
  }
}
