/** Options of `contrail status`. */
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
  readonly fresh?: true;
  readonly exitStatus?: true;
  readonly json?: true;
}

/** States that need attention. */
const PROBLEMS: readonly FileStateName[] = ['failed', 'refused', 'stale', 'never', 'missing'];

export interface StatusFilter {
  readonly products: readonly ProductName[];
  /** States to list; undefined: the default ones. */
  readonly states: readonly FileStateName[] | undefined;
}

/** Reads the options; USAGE for an unknown state or product. */
export function filterOf({ state, product }: StatusOptions): StatusFilter {
  return {
    products: product === undefined ? PRODUCTS : readNames(product, PRODUCTS, 'product'),
    states: state === undefined ? undefined : readNames(state, FILE_STATES, 'state'),
  };
}

/** Whether a file makes `--exit-status` exit with 1: it is in a state given by --state, or has a problem. */
export function isAlarming(file: FileState, { states }: StatusFilter): boolean {
  return states === undefined ? needsSomebody(file) : isInState(file, states);
}

export function needsSomebody({ state, behind, needsYou }: FileState): boolean {
  return PROBLEMS.includes(state) || behind !== undefined || needsYou === true;
}

/** A queued file is also in the state that it would have without its job. */
export function isInState({ state, behind }: FileState, states: readonly FileStateName[]): boolean {
  return states.includes(state) || (behind !== undefined && states.includes(behind));
}

/**
 * Whether to count and list a file. Most experiments have periods without results that nobody expects, so they are shown
 * only for one experiment or if asked for.
 */
export function isWanted({ state, since }: FileState, { states }: StatusFilter, slug: string | undefined): boolean {
  return state !== 'not due' || since !== undefined || slug !== undefined || (states ?? []).includes(state);
}

/** Splits names at commas; USAGE for an unknown one. */
function readNames<Name extends string>(text: string, known: readonly Name[], what: string): Name[] {
  const names = text.split(',').map((part) => {
    const name = known.find((candidate) => candidate === part.trim());
    if (name !== undefined) return name;
    throw new ContrailError('USAGE', `Unknown ${what} ${quote(part.trim())}.`, {
      hint: `${didYouMean(part.trim(), known)}The ${what}s are ${known.join(', ')}.`,
    });
  });
  return [...new Set(names)];
}
