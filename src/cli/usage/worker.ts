import type { Command } from 'commander';
import { examples } from '../help.ts';

/** The queues. Named here because loading the job kinds takes long; a test compares them. */
export const QUEUE_NAMES: readonly string[] = [
  'statistics',
  'statistics-parts',
  'errors',
  'metadata',
  'monitoring',
  'records',
];

export function declareWorker(program: Command): void {
  program
    .command('worker')
    .description('run jobs from the queues; SIGTERM or Ctrl-C lets running jobs finish and returns the rest')
    .option(
      '--concurrency <n>',
      'jobs of one queue at the same time (default: CONTRAIL_WORKER_CONCURRENCY, or 32 with BigQuery, 4 with DuckDB)',
    )
    .option('--queue <name...>', `only these queues: ${QUEUE_NAMES.join(', ')}`)
    .option('--drain', 'exit when the queues are empty; with 1 if they cannot be emptied')
    .option(
      '--metrics-port <n>',
      'serve /metrics, /healthz and /readyz there (default: CONTRAIL_METRICS_PORT, or not at all)',
    )
    .addHelpText(
      'after',
      examples('contrail worker --concurrency 8', 'contrail worker --drain', 'contrail worker --metrics-port 9465'),
    )
    .action(async (options) => (await import('../commands/worker.ts')).work(options));
}
