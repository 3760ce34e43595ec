/** Plans a selection for people: a missing dataset is an error, not an empty plan. */
import { ContrailError, toContrailError } from '../domain/errors.ts';
import { quote } from '../domain/slug.ts';
import { planProducts, type ProductPlanDependencies, type ProductSelection } from '../producer/plan-products.ts';
import type { ProductPlan } from '../producer/product-plan.ts';

export interface PlanReading {
  readonly planning: ProductPlanDependencies;
  readonly resultsDataset: string;
}

/**
 * Plans the selection. Without the results dataset the plan lacks the statistics and has DATASET_MISSING among its
 * failures; that is thrown if nothing else is known of a selected experiment.
 */
export async function readPlan(
  { planning, resultsDataset }: PlanReading,
  selection: ProductSelection,
  signal: AbortSignal,
): Promise<ProductPlan> {
  const missing = async (): Promise<ContrailError | undefined> => {
    if (!selection.products.includes('statistics') || (await planning.source.hasDataset(signal))) return undefined;
    return datasetMissing(resultsDataset, planning.source.url);
  };
  try {
    const plan = await planProducts(planning, selection, signal);
    const files = [...plan.due, ...plan.skipped, ...plan.refused];
    const error = files.some(({ product }) => product === 'statistics') ? undefined : await missing();
    if (error === undefined || plan.failures.some(({ products }) => products.includes('statistics'))) return plan;
    return { ...plan, failures: [...plan.failures, { products: ['statistics'], error }] };
  } catch (error) {
    // Without the dataset few names are known, so its absence is the better error.
    if (toContrailError(error).code === 'EXPERIMENT_UNKNOWN') throw (await missing()) ?? error;
    throw error;
  }
}

function datasetMissing(dataset: string, warehouse: string): ContrailError {
  return new ContrailError('DATASET_MISSING', `There is no dataset ${quote(dataset)} in ${warehouse}.`, {
    subject: dataset,
    hint: 'CONTRAIL_RESULTS_DATASET must name the dataset that the analysis writes its results to.',
  });
}
