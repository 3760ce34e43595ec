/** Options of `contrail backfill`. */
import { parseAnalysisPeriod } from '../../domain/analysis-period.ts';
import { ContrailError } from '../../domain/errors.ts';
import { didYouMean } from '../../domain/nearest-name.ts';
import { quote } from '../../domain/slug.ts';
import type { ProductSelection } from '../../producer/plan-products.ts';
import { type ProductName, PRODUCTS } from '../../producer/product-plan.ts';

export interface BackfillOptions {
  readonly experiment?: readonly string[];
  readonly period?: readonly string[];
  readonly app?: readonly string[];
  readonly product?: string;
  readonly force?: true;
  readonly dryRun?: true;
  readonly maxCost?: string;
  readonly wait?: true;
  readonly json?: true;
}

/** The selection; USAGE for an unknown product or period. --period selects only statistics, because other products have no periods. */
export function selectionOf(options: BackfillOptions): ProductSelection {
  const periods = (options.period ?? []).map(parseAnalysisPeriod);
  const unless: readonly ProductName[] = periods.length > 0 ? ['statistics'] : PRODUCTS;
  return {
    products: options.product === undefined ? unless : readProducts(options.product),
    experiments: options.experiment ?? [],
    periods,
    apps: options.app ?? [],
    force: options.force ?? false,
  };
}

/** The limit of --max-cost in US dollars, if there is one. */
export function maxCostOf({ maxCost }: BackfillOptions): number | undefined {
  if (maxCost === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(maxCost)) return Number(maxCost);
  throw new ContrailError('USAGE', `--max-cost is not a price: ${quote(maxCost)}.`, {
    hint: 'Give US dollars as a number, such as 5 or 0.50.',
  });
}

/** The command that follows the same files, quoted for a shell. */
export function followCommand(options: BackfillOptions): string {
  return ['contrail', 'backfill', '--wait', ...selectionWords(options)].join(' ');
}

/** The options that select the files, as on the command line; empty: everything that is due. */
export function selectionText(options: BackfillOptions): string {
  return [...selectionWords(options), ...(options.force ? ['--force'] : [])].join(' ');
}

function selectionWords({ experiment = [], period = [], app = [], product }: BackfillOptions): string[] {
  const lists = { '--experiment': experiment, '--period': period, '--app': app, '--product': [product ?? []].flat() };
  const words = Object.entries(lists).flatMap(([flag, values]) => (values.length === 0 ? [] : [flag, ...values]));
  return words.map(shellWord);
}

function shellWord(word: string): string {
  return /^[\w.,@%+=:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function readProducts(text: string): ProductName[] {
  const products = text.split(',').map((name) => {
    const product = PRODUCTS.find((known) => known === name.trim());
    if (product !== undefined) return product;
    throw new ContrailError('USAGE', `Unknown product ${quote(name)}.`, {
      hint: `${didYouMean(name, PRODUCTS)}The products are ${PRODUCTS.join(', ')}.`,
    });
  });
  return [...new Set(products)];
}
