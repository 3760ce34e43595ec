/** Declares commands and options. Each command loads its code only when it runs. */
import { Command } from 'commander';
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import { examples } from '../help.ts';
import { declareBackfill, declareBackfills } from './backfill.ts';
import { declareCancel } from './cancel.ts';
import { declareDemo } from './demo.ts';
import { declareNotify } from './notify.ts';
import { declareRun } from './run.ts';
import { declareCost, declareRetry, declareRuns } from './runs.ts';
import { declareSchedule } from './schedule.ts';
import { declareStatus } from './status.ts';
import { declareWeb } from './web.ts';
import { declareDoctor, declareVerify, declareWhy } from './diagnosis.ts';
import { declareWorker } from './worker.ts';

/** The program with all commands. Throws CommanderError instead of ending the process, and prints no errors. */
export function buildProgram(): Command {
  const program = new Command('contrail')
    .description('Publishes the data products of an experiment-analysis pipeline.')
    .version(CONTRAIL_VERSION, '-V, --version', 'print the version')
    .option('--demo', 'before a command: use the data of the demo in this folder')
    .helpOption('-h, --help', 'print this help')
    .enablePositionalOptions()
    .helpCommand('help [command...]', 'print the help of a command')
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', examples('contrail demo', 'contrail backfill --dry-run', 'contrail run statistics --help'));
  declareDemo(program);
  declareBackfill(program);
  declareBackfills(program);
  declareWorker(program);
  declareSchedule(program);
  declareNotify(program);
  declareCancel(program);
  declareRun(program);
  declareStatus(program);
  declareRuns(program);
  declareRetry(program);
  declareCost(program);
  declareWhy(program);
  declareVerify(program);
  declareDoctor(program);
  declareWeb(program);
  return program;
}
