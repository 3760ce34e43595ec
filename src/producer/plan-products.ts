/** Finds due files of all products. Changes nothing. */
import { type ContrailError, toContrailError } from '../domain/errors.ts';
import type { ExperimentLogs } from '../ports/experiment-logs.ts';
import { analysedExperiments } from './analysed-experiments.ts';
import { analysisTimes } from './analysis-times.ts';
import { type Listing, objectsByName, takeListing } from './listing.ts';
import { metadataExperiments } from './metadata-experiments.ts';
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
  /** Whether started experiments without results get metadata too. */
  readonly withUnanalysedMetadata: boolean;
}

export interface ProductSelection extends PlanSelection {
  readonly products: readonly ProductName[];
}

/**
 * The plan of the selected products. A source that cannot be read stops only the files that depend on it, and is one of
 * the failures. Throws only if the warehouse's tables cannot be listed.
 */
export async function planProducts(
  deps: ProductPlanDependencies,
  selection: ProductSelection,
  signal: AbortSignal,
): Promise<ProductPlan> {
  const listing = await takeListing(deps, signal);
  await checkSelection(deps, selection, listing, signal);
  const planning: Planning = { deps, selection, listing, signal };
  const { malformed, unlisted } = listing;
  const problems = listing.problems.filter((problem) => problem !== unlisted);
  const applications = new Map(listing.experiments.map(({ slug, appName }) => [slug, appName]));
  const plans: ProductPlan[] = [{ ...EMPTY_PLAN, problems, malformed, applications }];
  if (unlisted !== undefined) plans.push(failure(othersOf(selection), unlisted));
  if (selection.products.includes('statistics')) {
    plans.push(await unlessFailing(['statistics'], signal, () => planStatisticsFiles(planning)));
  }
  const others = othersOf(selection);
  if (others.length > 0) plans.push(await unlessFailing(others, signal, () => planOthers(planning)));
  return joinPlans(plans);
}

interface Planning {
  readonly deps: ProductPlanDependencies;
  readonly selection: ProductSelection;
  readonly listing: Listing;
  readonly signal: AbortSignal;
}

/** The selected products that need the API's list. */
function othersOf({ products }: ProductSelection): ProductName[] {
  return products.filter((product) => product !== 'statistics');
}

async function planStatisticsFiles({ deps, selection, listing, signal }: Planning): Promise<ProductPlan> {
  // The problems of the listing are those of all products.
  const plan = await planStatisticsOf(deps, selection, { listing: { ...listing, problems: [] }, signal });
  return statisticsFiles(plan);
}

async function planOthers(planning: Planning): Promise<ProductPlan> {
  const { deps, selection, listing, signal } = planning;
  const others = othersOf(selection);
  const logged = await loggedExperiments(planning);
  const experiments = analysedExperiments(listing, logged.experiments, selection);
  const { tables } = listing;
  const described = others.includes('metadata')
    ? metadataExperiments(listing, experiments, {
        selection,
        withUnanalysed: deps.withUnanalysedMetadata,
        now: deps.clock.now(),
      })
    : [];
  const timesOf = await analysisTimes([...new Set([...experiments, ...described])], {
    source: deps.source,
    tables,
    leadMs: deps.analysisLeadMs,
    signal,
  });
  const shared = { store: deps.store, experiments, timesOf, force: selection.force, signal };
  const plans: ProductPlan[] = [logged.plan];
  let listed: ReturnType<typeof objectsByName> | undefined;
  const metadataObjects = () => (listed ??= objectsByName(deps.store, ['metadata/'], signal));
  for (const product of others) {
    if (product === 'errors' && logged.plan.failures.length > 0) continue;
    const plan = (): Promise<ProductPlan> =>
      product === 'metadata'
        ? planMetadata({ ...shared, experiments: described, resolve: deps.resolveMetadata, objects: metadataObjects })
        : planErrors({ ...shared, metadataObjects, logs: deps.logs, isListed: listing.unlisted === undefined });
    plans.push(await unlessFailing([product], signal, plan));
  }
  return joinPlans(plans);
}

/** Without log rows, metadata are still planned for experiments with tables. */
async function loggedExperiments({
  deps,
  selection,
  signal,
}: Planning): Promise<{ readonly experiments: readonly string[]; readonly plan: ProductPlan }> {
  try {
    return { experiments: await deps.sink.loggedExperiments(signal), plan: EMPTY_PLAN };
  } catch (error) {
    signal.throwIfAborted();
    return { experiments: [], plan: failure(othersOf(selection), toContrailError(error)) };
  }
}

async function unlessFailing(
  products: readonly ProductName[],
  signal: AbortSignal,
  plan: () => Promise<ProductPlan>,
): Promise<ProductPlan> {
  try {
    return await plan();
  } catch (error) {
    signal.throwIfAborted();
    return failure(products, toContrailError(error));
  }
}

function failure(products: readonly ProductName[], error: ContrailError): ProductPlan {
  return { ...EMPTY_PLAN, failures: [{ products, error }] };
}
