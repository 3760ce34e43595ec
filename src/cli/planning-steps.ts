/** Shows what planning is listing, because it can take a minute. Only on a terminal. */
import type { ProductPlanDependencies } from '../producer/plan-products.ts';
import { hasTerminal, showLine } from './terminal-line.ts';

const API_STEPS = { list: 'listing the experiments' };
const SOURCE_STEPS = { listTables: 'listing the tables', describeTables: 'looking for changed tables' };
const STORE_STEPS = { list: 'listing the published files' };
const SINK_STEPS = { loggedExperiments: 'looking for log rows' };

/** Plans with dependencies that show each of their steps; removes the line at the end. */
export async function showingSteps<Result>(
  deps: ProductPlanDependencies,
  plan: (deps: ProductPlanDependencies) => Promise<Result>,
): Promise<Result> {
  if (!hasTerminal()) return plan(deps);
  const tell = (step: string): void => showLine(`Planning: ${step} …`);
  try {
    return await plan({
      ...deps,
      api: telling(deps.api, API_STEPS, tell),
      source: telling(deps.source, SOURCE_STEPS, tell),
      store: telling(deps.store, STORE_STEPS, tell),
      sink: telling(deps.sink, SINK_STEPS, tell),
      resolveMetadata: (...request) => {
        tell(`resolving the metadata of ${request[0].slug}`);
        return deps.resolveMetadata(...request);
      },
    });
  } finally {
    showLine('');
  }
}

/** The same object, but calls of these methods show their step first. */
export function telling<Target extends object>(
  target: Target,
  steps: Readonly<Record<string, string>>,
  tell: (step: string) => void,
): Target {
  return new Proxy(target, {
    get(object, name) {
      const value: unknown = Reflect.get(object, name, object);
      if (typeof value !== 'function') return value;
      return (...arguments_: unknown[]): unknown => {
        const step = steps[String(name)];
        if (step !== undefined) tell(step);
        return Reflect.apply(value, object, arguments_);
      };
    },
  });
}
