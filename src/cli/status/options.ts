/** What `contrail status` is asked for. */
import { ContrailError } from '../../domain/errors.ts';
import { didYouMean } from '../../domain/nearest-name.ts';
import { quote } from '../../domain/slug.ts';
import { FILE_STATES, type FileStateName } from '../../producer/file-state-names.ts';
import type { FileState } from '../../producer/file-states.ts';
import { type ProductName, PRODUCTS } from '../../producer/product-plan.ts';

export interface StatusOptions {
  readonly state?: string;
  readonly product?: string;
  readonly all?: true;
  readonly exitStatus?: true;
  readonly json?: true;
}

/** What somebody should look at. */
const PROBLEMS: readonly FileStateName[] = ['failed', 'refused', 'stale', 'never'];

export interface StatusFilter {
  readonly products: readonly ProductName[];
  /** States to list; undefined: those that the output lists by itself. */
  readonly states: readonly FileStateName[] | undefined;
}

/** USAGE for a state or a product that does not exist. */
export function filterOf({ state, product }: StatusOptions): StatusFilter {
  return {
    products: product === undefined ? PRODUCTS : readNames(product, PRODUCTS, 'product'),
    states: state === undefined ? undefined : readNames(state, FILE_STATES, 'state'),
  };
}

/** Whether a file is a reason to exit with 1 under `--exit-status`: it is in one of the states asked for, or has a problem. */
export function isAlarming({ state }: FileState, { states = PROBLEMS }: StatusFilter): boolean {
  return states.includes(state);
}

/** Names separated by commas, each of them known. */
export function readNames<Name extends string>(text: string, known: readonly Name[], what: string): Name[] {
  const names = text.split(',').map((part) => {
    const name = known.find((candidate) => candidate === part.trim());
    if (name !== undefined) return name;
    throw new ContrailError('USAGE', `There is no ${what} ${quote(part.trim())}.`, {
      hint: `${didYouMean(part.trim(), known)}The ${what}s are ${known.join(', ')}.`,
    });
  });
  return [...new Set(names)];
}
