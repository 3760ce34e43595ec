/** The record of an experiment, as far as its metadata file needs it. */
import { ContrailError } from './errors.ts';
import type { Experiment, ExperimentPlan } from './experiment.ts';
import { quote } from './slug.ts';

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
