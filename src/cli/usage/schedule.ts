import type { Command } from 'commander';
import { examples } from '../help.ts';

export function declareSchedule(program: Command): void {
  program
    .command('schedule')
    .description('look for changes again and again, and enqueue them, with the repeating work on the monitoring tables')
    .option('--once', 'look once, then end')
    .addHelpText('after', examples('contrail schedule', 'contrail schedule --once'))
    .action(async ({ once }) => (await import('../commands/schedule.ts')).schedule(once ?? false));
}
