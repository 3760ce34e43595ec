/** `contrail run …`: one piece of work at once, in this process, without Redis. */
import type { Command } from 'commander';
import { addRunErrors } from './run-errors.ts';
import { addRunMetadata } from './run-metadata.ts';
import { addRunMonitoring } from './run-monitoring.ts';
import { addRunStatistics } from './run-statistics.ts';

export function addRun(program: Command): void {
  const run = program.command('run').description('do one piece of work at once, without a queue');
  addRunStatistics(run);
  addRunMetadata(run);
  addRunErrors(run);
  addRunMonitoring(run);
}
