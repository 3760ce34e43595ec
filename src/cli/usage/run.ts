/** `contrail run …`: does one task in this process, without Redis. */
import type { Command } from 'commander';
import { examples } from '../help.ts';
import { declareRunExports } from './run-exports.ts';
import { declareRunMonitoring } from './run-monitoring.ts';
import { declareRunQuery } from './run-query.ts';

export function declareRun(program: Command): void {
  const run = program
    .command('run')
    .description('do one task now, in this process, without a queue')
    .helpCommand(false)
    .addHelpText(
      'after',
      examples('contrail run statistics --experiment my-experiment --period weekly', 'contrail run check-alerts'),
    );
  declareRunExports(run);
  declareRunMonitoring(run);
  declareRunQuery(run);
}
