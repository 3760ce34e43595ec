import type { Command } from 'commander';
import { examples } from '../help.ts';

export function declareStatus(program: Command): void {
  program
    .command('status')
    .argument('[slug]', 'only this experiment')
    .description('show which files are fresh, stale, queued, running or failed')
    .option('--json', 'print the states as one JSON document')
    .addHelpText('after', examples('contrail status', 'contrail status my-experiment --json'))
    .action(async (slug, { json }) => (await import('../commands/status.ts')).status(slug, json ?? false));
}
