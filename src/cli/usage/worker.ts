import type { Command } from 'commander';
import { examples } from '../help.ts';

/** The queues, named here because loading the kinds of job takes long; a test keeps them equal. */
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
    .description('take jobs from the queues; SIGTERM or Ctrl-C finishes the running ones and gives back the rest')
    .option(
      '--concurrency <n>',
      'jobs of one queue at once (default: CONTRAIL_WORKER_CONCURRENCY, or 32 with BigQuery, 4 with DuckDB)',
    )
    .option('--queue <name...>', `only these queues: ${QUEUE_NAMES.join(', ')}`)
    .option('--drain', 'end when the queues are empty; exit 1 when they cannot be emptied')
    .addHelpText('after', examples('contrail worker --concurrency 8', 'contrail worker --drain'))
    .action(async (options) => (await import('../commands/worker.ts')).work(options));
}
