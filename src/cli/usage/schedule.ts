import type { Command } from 'commander';
import { examples } from '../help.ts';

export function declareSchedule(program: Command): void {
  program
    .command('schedule')
    .description('keep looking for changes, and enqueue due files and monitoring tasks')
    .option('--once', 'look once, then exit')
    .option(
      '--metrics-port <n>',
      'serve /metrics, /healthz and /readyz there (default: CONTRAIL_METRICS_PORT, or not at all)',
    )
    .addHelpText(
      'after',
      examples('contrail schedule', 'contrail schedule --once', 'contrail schedule --metrics-port 9464'),
    )
    .action(async (options) => (await import('../commands/schedule.ts')).schedule(options));
}
