/** `contrail run statistics`, `metadata`, `errors`. */
import type { Command } from 'commander';
import { ANALYSIS_PERIODS } from '../../domain/analysis-period.ts';
import { examples } from '../help.ts';

export function declareRunExports(run: Command): void {
  declareRunStatistics(run);
  declareRunMetadata(run);
  declareRunErrors(run);
}

function declareRunStatistics(run: Command): void {
  run
    .command('statistics')
    .description('export the statistics of one experiment and period')
    .requiredOption('--experiment <slug>', 'the experiment')
    .requiredOption('--period <period>', `one of ${ANALYSIS_PERIODS.join(', ')}`)
    .option('--force', 'write the file even if it is current, or has fewer windows because a rerun is under way')
    .option('--json', 'print the outcome as one JSON document')
    .addHelpText(
      'after',
      examples(
        'CONTRAIL_WAREHOUSE=duckdb:./data.duckdb CONTRAIL_BUCKET=file:./out \\\n' +
          '    contrail run statistics --experiment my-experiment --period weekly',
      ),
    )
    .action(async (options) => (await import('../commands/run-statistics.ts')).runStatistics(options));
}

function declareRunMetadata(run: Command): void {
  run
    .command('metadata')
    .description('export the metadata of experiments: names, descriptions and directions of their metrics and outcomes')
    .requiredOption('--experiment <slug...>', 'the experiments, as the experiments API lists them')
    .option('--analysis-start <time>', 'when the analysis began, ISO (default: derived from the tables it wrote)')
    .option('--force', 'write the files even if they are current')
    .option('--json', 'print the outcomes as one JSON document')
    .addHelpText(
      'after',
      examples(
        'contrail run metadata --experiment my-experiment',
        'contrail run metadata --experiment one two --analysis-start 2026-01-13T04:30:00Z',
      ),
    )
    .action(async (options) => (await import('../commands/run-metadata.ts')).runMetadata(options));
}

function declareRunErrors(run: Command): void {
  run
    .command('errors')
    .description('export the errors that the analysis logged for experiments')
    .requiredOption('--experiment <slug...>', 'the experiments')
    .option('--analysis-start <time>', 'when the analysis began, ISO (default: use all log rows)')
    .option('--enrollment-end <date>', 'the day on which enrollment ended, YYYY-MM-DD')
    .option('--force', 'write the files even if they are current')
    .option('--json', 'print the outcomes as one JSON document')
    .addHelpText(
      'after',
      examples(
        'contrail run errors --experiment my-experiment',
        'contrail run errors --experiment my-experiment --analysis-start 2026-01-13T04:30:00Z --enrollment-end 2026-01-05',
      ),
    )
    .action(async (options) => (await import('../commands/run-errors.ts')).runErrors(options));
}
