/** `contrail runs`, `contrail retry`, `contrail cost`: what happened, doing it again, and what it cost. */
import type { Command } from 'commander';
import { examples } from '../help.ts';

export function declareRuns(program: Command): void {
  program
    .command('runs')
    .argument('[slug...]', 'only these experiments')
    .description('list runs that have ended, newest first: outcome, duration, cost, and why they failed')
    .option('--experiment <slug...>', 'only these experiments')
    .option('--failed', 'only runs that failed for good')
    .option('--outcome <outcomes>', 'only these outcomes, separated by commas: published, failed, cancelled, …')
    .option('--since <time>', 'how long ago (30m, 2h, 3d) or since when (2026-01-14T10:00Z); default: 24h')
    .option('--limit <count>', 'how many to list; default: 50, with --json all')
    .option('--json', 'print the runs as one JSON document')
    .addHelpText(
      'after',
      `
Piped, each line has, separated by tabs: time, outcome, experiment, period or product, error code, attempt, milliseconds,
rows, bytes, USD, worker, job, message.
${examples(
  'contrail runs --failed --since 2h',
  'contrail runs my-experiment --since 7d',
  'contrail runs --outcome cancelled,failed --json',
)}`,
    )
    .action(async (slugs, options) => (await import('../commands/runs.ts')).runs(slugs, options));
}
