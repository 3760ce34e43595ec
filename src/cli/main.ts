/** The command line (design, section 4): builds the program, runs it, and turns failures into messages and exit codes. */
import { Command, CommanderError } from 'commander';
import { ERROR_CATALOGUE, toContrailError } from '../domain/errors.ts';
import { CONTRAIL_VERSION } from '../domain/version.ts';
import { examples } from './help.ts';
import { endQuietlyWithReader, exitCodeOf, say, sayError } from './output.ts';

/** The commands, each in its own file that is loaded only when it is asked for; in the order of the help. */
const COMMANDS: Readonly<Record<string, (program: Command) => Promise<void>>> = {
  demo: async (program) => (await import('./commands/demo.ts')).addDemo(program),
  backfill: async (program) => (await import('./commands/backfill.ts')).addBackfill(program),
  worker: async (program) => (await import('./commands/worker.ts')).addWorker(program),
  schedule: async (program) => (await import('./commands/schedule.ts')).addSchedule(program),
  run: async (program) => (await import('./commands/run.ts')).addRun(program),
  status: async (program) => (await import('./commands/status.ts')).addStatus(program),
  web: async (program) => (await import('./commands/web.ts')).addWeb(program),
};

/** The program with the command of that name, or with all commands when there is none of that name. */
export async function buildProgram(name: string | undefined): Promise<Command> {
  const program = new Command('contrail')
    .description('Publishes the data products of an experiment-analysis pipeline.')
    .version(CONTRAIL_VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError('(contrail --help tells what there is)')
    .exitOverride()
    .addHelpText('after', examples('contrail demo', 'contrail backfill --dry-run', 'contrail run statistics --help'));
  const wanted = name !== undefined && Object.hasOwn(COMMANDS, name) ? [name] : Object.keys(COMMANDS);
  for (const command of wanted) await COMMANDS[command]?.(program);
  return program;
}

/** Runs a command line, without the names of program and script, and gives the exit code. */
export async function main(arguments_: readonly string[]): Promise<number> {
  endQuietlyWithReader();
  try {
    const program = await buildProgram(arguments_[0]);
    await program.parseAsync(arguments_, { from: 'user' });
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
