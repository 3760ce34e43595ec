/** The plan as commands show it: with something to see meanwhile, what is odd about it, and why it is not complete. */
import type { Config } from '../config/load-config.ts';
import { ContrailError, toContrailError } from '../domain/errors.ts';
import { quote } from '../domain/slug.ts';
import { planProducts, type ProductSelection } from '../producer/plan-products.ts';
import type { ProductName, ProductPlan } from '../producer/product-plan.ts';
import { oneLine, say } from './output.ts';
import { planDependencies } from '../app/compose/planning.ts';
import { showingSteps } from './planning-steps.ts';
import type { Adapters } from '../app/compose/wire.ts';

export interface PlanWarning {
  readonly code: string;
  readonly message: string;
  /** Of a source that could not be read: the products whose files are missing in the plan. */
  readonly products?: readonly ProductName[];
}

/** A plan without statistics because their dataset is missing has that among its failures. */
export async function readPlan(
  adapters: Adapters,
  config: Config,
  { selection, signal }: { readonly selection: ProductSelection; readonly signal: AbortSignal },
): Promise<ProductPlan> {
  const missing = async (): Promise<ContrailError | undefined> => {
    if (!selection.products.includes('statistics') || (await adapters.source.hasDataset(signal))) return undefined;
    return datasetMissing(config.resultsDataset, adapters.source.url);
  };
  try {
    const plan = await showingSteps(planDependencies(adapters, config), (deps) =>
      planProducts(deps, selection, signal),
    );
    const files = [...plan.due, ...plan.skipped, ...plan.refused];
    const error = files.some(({ product }) => product === 'statistics') ? undefined : await missing();
    if (error === undefined || plan.failures.some(({ products }) => products.includes('statistics'))) return plan;
    return { ...plan, failures: [...plan.failures, { products: ['statistics'], error }] };
  } catch (error) {
    // Without the dataset few names are known: that it is missing is then the better answer.
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

/** What made the plan poorer, what is odd about files, and products that could not be planned. */
export function warningsOf({ problems, skipped, failures }: ProductPlan): PlanWarning[] {
  const odd = skipped.flatMap(({ warning }) => warning ?? []);
  return [
    ...[...problems, ...odd].map(toWarning),
    ...failures.map(({ error, products }) => ({ ...toWarning(error), products })),
  ];
}

function toWarning({ code, sentence }: ContrailError): PlanWarning {
  return { code, message: sentence };
}

export function sayWarnings(plan: ProductPlan): void {
  for (const { message } of warningsOf({ ...plan, failures: [] })) say(`warning: ${oneLine(message)}`);
  for (const { products, error } of plan.failures) {
    const files = products.length === 0 ? '' : ` (${products.join(', ')})`;
    say(`not everything could be planned${files}: ${oneLine(error.sentence)}`);
  }
}
