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

export function declareRetry(program: Command): void {
  program
    .command('retry')
    .argument('[slug...]', 'only these experiments')
    .description('enqueue once more what failed and has not succeeded since')
    .option('--failed', 'everything that failed for good: files, queries, tasks on the monitoring tables')
    .option('--since <time>', 'how long ago (30m, 2h, 3d) or since when (2026-01-14T10:00Z); default: 24h')
    .option('--experiment <slug...>', 'only these experiments')
    .option('--dry-run', 'list what would be enqueued, with its size and price, and what cannot be; enqueue nothing')
    .option('-y, --yes', 'do not ask; only a terminal is asked')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      `
Piped, each line has, separated by tabs: enqueued, queued (before), left or due (--dry-run); experiment, period or product,
error code, time of the failure, job, reason.
${examples(
  'contrail retry --failed --since 2h --dry-run',
  'contrail retry --failed --since 2h --yes',
  'contrail retry --failed my-experiment',
)}`,
    )
    .action(async (slugs, options) => (await import('../commands/retry.ts')).retry(slugs, options));
}

export function declareCost(program: Command): void {
  program
    .command('cost')
    .description('what a day cost, and who caused it: queries of the analysis, and what Contrail itself read')
    .option('--date <day>', 'the day, UTC: YYYY-MM-DD, today or yesterday; default: the newest complete one')
    .option('--by <grouping>', 'experiment, kind (analysis, contrail) or table; default: experiment')
    .option('--json', 'print the costs as one JSON document')
    .addHelpText(
      'after',
      `
Costs are estimates at list prices (CONTRAIL_PRICING_*). Piped, each line has, separated by tabs: name, USD, share, queries,
bytes, slot milliseconds, USD of the analysis, USD of Contrail.
${examples('contrail cost', 'contrail cost --date 2026-01-14 --by table', 'contrail cost --by kind --json')}`,
    )
    .action(async (options) => (await import('../commands/cost.ts')).cost(options));
}
