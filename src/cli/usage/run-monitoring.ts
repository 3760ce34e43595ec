/** `contrail run import-experiments`, `query-cost`, `sample-ratio`, `check-alerts`. */
import type { Command } from 'commander';
import { examples } from '../help.ts';

export function declareRunMonitoring(run: Command): void {
  declareTask(run, 'import-experiments', 'copy the list of the experiments API into experimenter_experiments_v1');
  run
    .command('query-cost')
    .description("write the cost of a day's analysis queries into query_cost_v1")
    .requiredOption('--date <day>', 'the day, UTC: YYYY-MM-DD')
    .option('--to <day>', 'the last day of a range that begins with --date')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      examples(
        'contrail run query-cost --date 2026-01-14',
        'contrail run query-cost --date 2026-01-01 --to 2026-01-14',
      ),
    )
    .action(async (options) => (await import('../commands/run-monitoring.ts')).runQueryCost(options));
  declareTask(
    run,
    'sample-ratio',
    'test whether branches have the expected share of clients, into experiment_sample_ratio_mismatch_v1',
  );
  declareTask(
    run,
    'check-alerts',
    'evaluate the alert rules, write changes into alerts_v1, and send messages to the configured targets',
  );
}

function declareTask(
  run: Command,
  task: 'import-experiments' | 'sample-ratio' | 'check-alerts',
  description: string,
): void {
  run
    .command(task)
    .description(description)
    .option('--json', 'print the result as one JSON document')
    .addHelpText('after', examples(`contrail run ${task}`, `contrail run ${task} --json`))
    .action(async (options) => (await import('../commands/run-monitoring.ts')).runTask(task, options));
}
