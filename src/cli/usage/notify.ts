import type { Command } from 'commander';
import { examples } from '../help.ts';

export function declareNotify(program: Command): void {
  program
    .command('notify')
    .requiredOption('--table <name...>', 'a statistics table or view that has changed')
    .description('publish the files of changed tables now, without waiting for the next scan')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      `\nLooks at the named tables only. Metadata and errors of their experiments follow with the next scan.\n${examples(
        'contrail notify --table statistics_my_experiment_weekly',
        'contrail notify --table mozanalysis.statistics_my_experiment_week_1 statistics_other_daily --json',
      )}`,
    )
    .action(async (options) => (await import('../commands/notify.ts')).notify(options));
}
