/** Finds an experiment in the list of the experiments API. */
import { ContrailError } from '../../domain/errors.ts';
import { didYouMean } from '../../domain/nearest-name.ts';
import { type ReadExperiment, readExperiment } from '../../domain/read-experiment.ts';
import { quote } from '../../domain/slug.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';

/** The experiment with that slug. Throws EXPERIMENT_UNKNOWN or EXPERIMENT_MALFORMED. */
export async function findExperiment(
  api: Pick<ExperimentsApi, 'list' | 'url'>,
  slug: string,
  signal: AbortSignal,
): Promise<ReadExperiment> {
  const { experiments, malformed } = await api.list(signal);
  const found = experiments.find((experiment) => experiment.slug === slug);
  if (found !== undefined) return readExperiment(found);
  const unreadable = malformed.find((entry) => entry.slug === slug);
  if (unreadable !== undefined) throw unreadable.error;
  throw new ContrailError('EXPERIMENT_UNKNOWN', `The experiments API does not list ${quote(slug)}.`, {
    subject: slug,
    hint: `${didYouMean(
      slug,
      experiments.map((experiment) => experiment.slug),
    )}It was asked at ${api.url}.`,
  });
}
