/** `contrail run query`. */
import type { Command } from 'commander';
import { examples } from '../help.ts';

export function declareRunQuery(run: Command): void {
  run
    .command('query')
    .description('run a configured query (CONTRAIL_QUERIES) and publish its files; without a name: list them')
    .argument('[name]', 'the query')
    .option('--experiment <slug>', 'only the file of this experiment')
    .option('--dry-run', 'check the query, and print its SQL, parameters, bytes, price and objects')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      examples(
        'contrail run query',
        'contrail run query enrollments --dry-run',
        'contrail run query enrollments --experiment my-experiment',
      ),
    )
    .action(async (name, options) => (await import('../commands/run-query.ts')).runQueryCommand(name, options));
}
