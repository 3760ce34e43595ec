import type { Command } from 'commander';
import { PRODUCTS } from '../../producer/product-plan.ts';
import { examples } from '../help.ts';

export function declareBackfill(program: Command): void {
  program
    .command('backfill')
    .description('enqueue every file that is due: new or changed since it was published')
    .option('--experiment <slug...>', 'only these experiments')
    .option('--period <period...>', 'only statistics, of these analysis periods')
    .option('--app <app...>', 'only experiments of these applications')
    .option('--product <products>', `only these products, separated by commas: ${PRODUCTS.join(', ')}`)
    .option('--force', 'all matching files: current ones, and those whose windows a rerun is rebuilding')
    .option('--dry-run', 'print the plan with its size and price, and enqueue nothing')
    .option('--max-cost <usd>', 'enqueue nothing if the estimated price is above this many US dollars')
    .option('--wait', 'follow the jobs to their end, including those queued before')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      examples(
        'contrail backfill --dry-run',
        'contrail backfill --wait',
        'contrail backfill --force --max-cost 20',
        'contrail backfill --experiment my-experiment --period weekly overall --force',
        'contrail backfill --product metadata,errors',
      ),
    )
    .action(async (options) => (await import('../commands/backfill.ts')).backfill(options));
}
