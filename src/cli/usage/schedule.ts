import type { Command } from 'commander';
import { examples } from '../help.ts';

export function declareSchedule(program: Command): void {
  program
    .command('schedule')
    .description('keep looking for changes, and enqueue due files and monitoring tasks')
    .option('--once', 'look once, then exit')
    .addHelpText('after', examples('contrail schedule', 'contrail schedule --once'))
    .action(async ({ once }) => (await import('../commands/schedule.ts')).schedule(once ?? false));
}
