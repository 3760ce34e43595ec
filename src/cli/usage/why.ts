import type { Command } from 'commander';
import { examples } from '../help.ts';

export function declareWhy(program: Command): void {
  program
    .command('why')
    .argument('<slug>', 'the experiment')
    .description('show where results were lost: configured, due, computed, published or shown; and what to do')
    .option('--metric <metric>', 'only this metric')
    .option('--period <period>', 'only this analysis period')
    .option('--json', 'print every expected result with its fate as one JSON document')
    .addHelpText(
      'after',
      examples(
        'contrail why my-experiment',
        'contrail why my-experiment --metric days_of_use --period weekly',
        'contrail why my-experiment --json',
      ),
    )
    .action(async (slug, options) => (await import('../commands/why.ts')).why(slug, options));
}
