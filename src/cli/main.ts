/** Runs the command line, and turns failures into messages and exit codes. */
import { type Command, CommanderError } from 'commander';
import { ContrailError, ERROR_CATALOGUE, toContrailError } from '../domain/errors.ts';
import { endQuietlyWithReader, exitCodeOf, say, sayError } from './output.ts';
import { findCommand, firstStranger, helpHint, unknownOption } from './usage/find-command.ts';
import { buildProgram } from './usage/program.ts';

/** Runs a command line (without node and script) and returns the exit code. */
export async function main(line: readonly string[]): Promise<number> {
  endQuietlyWithReader();
  try {
    const [first, ...others] = line;
    if (first === '--demo') await (await import('./demo/join-demo.ts')).joinDemo(others, run);
    else await run(line);
    return 0;
  } catch (error) {
    const failure = toContrailError(error);
    sayError(failure);
    if (failure.code === 'INTERNAL') say(`${ERROR_CATALOGUE.INTERNAL.text} ${stackOf(failure.cause)}`);
    return exitCodeOf(failure);
  }
}

async function run(line: readonly string[]): Promise<void> {
  const program = buildProgram();
  const { command, arguments_ } = findCommand(program, line);
  try {
    await program.parseAsync(arguments_, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version end here too; they are not errors.
    if (error.exitCode !== 0) throw usageError(error, command, arguments_);
  }
}

/** Commander's complaints in our words. */
function usageError({ code, message }: CommanderError, command: Command, line: readonly string[]): ContrailError {
  const [sentence = ''] = message.replace(/^error: /, '').split('\n');
  const unknown = /^unknown option '(.*)'$/s.exec(sentence)?.[1];
  if (code === 'commander.unknownOption' && unknown !== undefined) return unknownOption(command, unknown);
  // The missing option may be there, but mistyped.
  const stranger = code === 'commander.missingMandatoryOptionValue' ? firstStranger(command, line) : undefined;
  if (stranger !== undefined) return unknownOption(command, stranger);
  const text = `${sentence.charAt(0).toUpperCase()}${sentence.slice(1).replace(/\.$/, '')}.`;
  return new ContrailError('USAGE', text, { hint: helpHint(command) });
}

/** An unexpected error is ours to fix, so a stack trace helps. */
function stackOf(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? '') : '';
}
