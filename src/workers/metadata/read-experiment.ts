/** The record of an experiment, as far as its metadata file needs it (spec: metadata, section 2). */
import { ContrailError } from '../../domain/errors.ts';
import type { Experiment, ExperimentPlan } from '../../domain/experiment.ts';
import { didYouMean } from '../../domain/nearest-name.ts';
import { quote } from '../../domain/slug.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';

/** An experiment whose record tells all that is needed. */
export type ReadExperiment = Omit<Experiment, 'plan'> & ExperimentPlan;

/** The experiment with its plan, or EXPERIMENT_MALFORMED saying what its record lacks. */
export function readExperiment({ plan, ...experiment }: Experiment): ReadExperiment {
  if (plan !== undefined && !('problem' in plan)) return { ...experiment, ...plan };
  const reason = plan?.problem ?? 'it was read without its plan';
  throw new ContrailError(
    'EXPERIMENT_MALFORMED',
    `The record of ${quote(experiment.slug)} does not tell what its metadata need: ${reason}.`,
    { subject: experiment.slug, hint: 'The other experiments are not affected.' },
  );
}

/** The experiment of that slug in the API's list. Throws EXPERIMENT_UNKNOWN, or EXPERIMENT_MALFORMED. */
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
