import type { Command } from 'commander';
import { FILE_STATES } from '../../producer/file-state-names.ts';
import { PRODUCTS } from '../../producer/product-plan.ts';
import { examples } from '../help.ts';

export function declareStatus(program: Command): void {
  program
    .command('status')
    .argument('[slug]', 'only this experiment, with all its files')
    .description('show which files are failed, stale, running or queued, and why; problems first')
    .option('--state <states>', `only files in these states, separated by commas: ${FILE_STATES.join(', ')}`)
    .option('--product <products>', `only these products, separated by commas: ${PRODUCTS.join(', ')}`)
    .option('--all', 'also list fresh files')
    .option('--fresh', 'look at all sources and files now, instead of taking what the last scan of schedule found')
    .option(
      '--exit-status',
      'exit with 1 if a file is failed, refused, stale, never published, missing, or in a given --state',
    )
    .option('--json', 'print the states as one JSON document')
    .addHelpText(
      'after',
      examples(
        'contrail status',
        'contrail status my-experiment --json',
        'contrail status --state stale,failed --exit-status',
        'contrail status --fresh',
      ),
    )
    .action(async (slug, options) => (await import('../commands/status.ts')).status(slug, options));
}
