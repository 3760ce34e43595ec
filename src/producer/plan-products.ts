/** Decides what is due of all products (design, section 5). Looks, but changes nothing. */
import { toContrailError } from '../domain/errors.ts';
import type { ExperimentLogs } from '../ports/experiment-logs.ts';
import { analysedExperiments } from './analysed-experiments.ts';
import { analysisTimes } from './analysis-times.ts';
import { type Listing, takeListing } from './listing.ts';
import { planErrors } from './plan-errors.ts';
import { planMetadata, type ResolveMetadata } from './plan-metadata.ts';
import { checkSelection, type PlanSelection } from './plan-selection.ts';
import { type PlanDependencies, planStatisticsOf } from './plan-statistics.ts';
import { EMPTY_PLAN, joinPlans, type ProductName, type ProductPlan } from './product-plan.ts';
import { statisticsFiles } from './statistics-files.ts';

export interface ProductPlanDependencies extends PlanDependencies {
  readonly logs: ExperimentLogs;
  readonly resolveMetadata: ResolveMetadata;
  /** How long before its first table an analysis begins, in milliseconds. */
  readonly analysisLeadMs: number;
}

export interface ProductSelection extends PlanSelection {
  readonly products: readonly ProductName[];
}

/** The plan of the selected products. One that cannot be planned stops no other. */
export async function planProducts(
  deps: ProductPlanDependencies,
  selection: ProductSelection,
  signal: AbortSignal,
): Promise<ProductPlan> {
  const { products } = selection;
  const listing = await takeListing(deps, signal);
  await checkSelection(deps, selection, listing, signal);
  const { problems, malformed } = listing;
  const plans: ProductPlan[] = [{ ...EMPTY_PLAN, problems, malformed }];
  if (products.includes('statistics')) {
    const plan = await planStatisticsOf(deps, selection, { listing, signal });
    plans.push(statisticsFiles({ ...plan, problems: [] }));
  }
  const others = products.filter((product) => product !== 'statistics');
  if (others.length > 0)
    plans.push(...(await planOthers(deps, { ...selection, products: others }, { listing, signal })));
  return joinPlans(plans);
}

async function planOthers(
  deps: ProductPlanDependencies,
  selection: ProductSelection,
  { listing, signal }: { readonly listing: Listing; readonly signal: AbortSignal },
): Promise<ProductPlan[]> {
  const logged = await deps.sink.loggedExperiments(signal);
  const experiments = analysedExperiments(listing, logged, selection);
  const { tables } = listing;
  const timesOf = await analysisTimes(experiments, {
    source: deps.source,
    tables,
    leadMs: deps.analysisLeadMs,
    signal,
  });
  const shared = { store: deps.store, experiments, timesOf, force: selection.force, signal };
  return Promise.all(
    selection.products.map(async (product): Promise<ProductPlan> => {
      try {
        return product === 'metadata'
          ? await planMetadata({ ...shared, resolve: deps.resolveMetadata })
          : await planErrors({ ...shared, logs: deps.logs });
      } catch (error) {
        signal.throwIfAborted();
        return { ...EMPTY_PLAN, failures: [{ product, error: toContrailError(error) }] };
      }
    }),
  );
}
