import type { Command } from 'commander';
import { examples } from '../help.ts';

export function declareCancel(program: Command): void {
  program
    .command('cancel')
    .argument('<slug>', 'the experiment whose exports to cancel, or the id of a job')
    .argument('[period]', 'only statistics of this analysis period')
    .description('stop waiting and running exports, wherever they run; published files stay')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      `\nA cancelled export is not tried again until its source changes or somebody enqueues it.\n${examples(
        'contrail cancel my-experiment',
        'contrail cancel my-experiment weekly',
        'contrail backfill --experiment my-experiment   # asks for it again',
      )}`,
    )
    .action(async (slug, period, options) => (await import('../commands/cancel.ts')).cancel(slug, period, options));
}
