/** The record of an experiment, complete enough for its metadata file. */
import { ContrailError } from './errors.ts';
import type { Experiment, ExperimentPlan } from './experiment.ts';
import { quote } from './slug.ts';

/** An experiment with its plan. */
export type ReadExperiment = Omit<Experiment, 'plan'> & ExperimentPlan;

/** Checks that the experiment has a plan; EXPERIMENT_MALFORMED says what its record lacks. */
export function readExperiment({ plan, ...experiment }: Experiment): ReadExperiment {
  if (plan !== undefined && !('problem' in plan)) return { ...experiment, ...plan };
  const reason = plan?.problem ?? 'it was read without its plan';
  throw new ContrailError(
    'EXPERIMENT_MALFORMED',
    `The record of ${quote(experiment.slug)} lacks something that its metadata need: ${reason}.`,
    { subject: experiment.slug, hint: 'The other experiments are not affected.' },
  );
}
