/** Plans for a command: shows progress, prints warnings, and says what could not be planned. */
import { planDependencies } from '../app/compose/planning.ts';
import type { Adapters } from '../app/compose/adapters.ts';
import { readPlan } from '../app/read-plan.ts';
import type { Config } from '../config/load-config.ts';
import type { ContrailError } from '../domain/errors.ts';
import type { ProductSelection } from '../producer/plan-products.ts';
import type { ProductName, ProductPlan } from '../producer/product-plan.ts';
import { oneLine, say } from './output.ts';
import { showingSteps } from './planning-steps.ts';

export interface PlanWarning {
  readonly code: string;
  readonly message: string;
  /** The products that could not be planned because a source failed. */
  readonly products?: readonly ProductName[];
}

export function readPlanWithSteps(
  adapters: Adapters,
  config: Config,
  { selection, signal }: { readonly selection: ProductSelection; readonly signal: AbortSignal },
): Promise<ProductPlan> {
  const { resultsDataset } = config;
  return showingSteps(planDependencies(adapters, config), (planning) =>
    readPlan({ planning, resultsDataset }, selection, signal),
  );
}

/** Warnings about sources and files, and products that could not be planned. */
export function warningsOf({ problems, failures }: ProductPlan): PlanWarning[] {
  return [...problems.map(toWarning), ...failures.map(({ error, products }) => ({ ...toWarning(error), products }))];
}

function toWarning({ code, sentence }: ContrailError): PlanWarning {
  return { code, message: sentence };
}

export function sayWarnings(plan: ProductPlan): void {
  for (const { message } of warningsOf({ ...plan, failures: [] })) say(`warning: ${oneLine(message)}`);
  for (const { products, error } of plan.failures) {
    const files = products.length === 0 ? '' : ` (${products.join(', ')})`;
    say(`not all files could be planned${files}: ${oneLine(error.sentence)}`);
  }
}
