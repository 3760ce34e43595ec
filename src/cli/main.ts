/** The command line (design, section 4): builds the program, runs it, and turns failures into messages and exit codes. */
import { Command, CommanderError } from 'commander';
import { ERROR_CATALOGUE, toContrailError } from '../domain/errors.ts';
import { CONTRAIL_VERSION } from '../domain/version.ts';
import { addBackfill } from './commands/backfill.ts';
import { addDemo } from './commands/demo.ts';
import { addRunStatistics } from './commands/run-statistics.ts';
import { addSchedule } from './commands/schedule.ts';
import { addStatus } from './commands/status.ts';
import { addWeb } from './commands/web.ts';
import { addWorker } from './commands/worker.ts';
import { examples } from './help.ts';
import { exitCodeOf, say, sayError } from './output.ts';

export function buildProgram(): Command {
  const program = new Command('contrail')
    .description('Publishes the data products of an experiment-analysis pipeline.')
    .version(CONTRAIL_VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError('(contrail --help tells what there is)')
    .exitOverride()
    .addHelpText('after', examples('contrail demo', 'contrail backfill --dry-run', 'contrail run statistics --help'));
  addDemo(program);
  addBackfill(program);
  addWorker(program);
  addSchedule(program);
  const run = program.command('run').description('do one piece of work at once, without a queue');
  addRunStatistics(run);
  addStatus(program);
  addWeb(program);
  return program;
}

/** Runs a command line, without the names of program and script, and gives the exit code. */
export async function main(arguments_: readonly string[]): Promise<number> {
  try {
    await buildProgram().parseAsync(arguments_, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has said what was wrong; help and version end here too, without being errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const failure = toContrailError(error);
    sayError(failure);
    if (failure.code === 'INTERNAL') say(`${ERROR_CATALOGUE.INTERNAL.text} ${stackOf(failure.cause)}`);
    return exitCodeOf(failure);
  }
}

/** Where an unknown failure came from: for us to mend, so here a stack trace is right. */
function stackOf(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? '') : '';
}
