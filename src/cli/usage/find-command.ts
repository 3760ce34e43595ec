/** Finds the command of a command line before commander parses it, so that errors can name the wrong word. */
import type { Command } from 'commander';
import { ContrailError } from '../../domain/errors.ts';
import { didYouMean } from '../../domain/nearest-name.ts';
import { quote } from '../../domain/slug.ts';

export interface FoundCommand {
  readonly command: Command;
  /** The arguments for commander. */
  readonly arguments_: readonly string[];
}

const HELP = ['-h', '--help'];

/** Throws USAGE for an unknown command, and for an option before the command it belongs to. */
export function findCommand(program: Command, line: readonly string[]): FoundCommand {
  if (line.length === 0) return { command: program, arguments_: ['--help'] };
  if (line[0] === 'help') return findCommand(program, [...line.slice(1), '--help']);
  let command = program;
  for (const [index, word] of line.entries()) {
    if (command.commands.length === 0) break;
    if (word.startsWith('-')) {
      if (isOptionOf(command, word)) continue;
      throw unknownOption(command, word, line.slice(index + 1));
    }
    const next = command.commands.find((candidate) => candidate.name() === word);
    // Its own arguments follow, and the values of its options.
    const isOwnWord = runsItself(command) && (takesWords(command) || line[index - 1] !== command.name());
    if (next === undefined && isOwnWord) break;
    if (next === undefined) throw unknownCommand(command, word);
    command = next;
  }
  if (
    command.commands.length > 0 &&
    command !== program &&
    !runsItself(command) &&
    !line.some((word) => HELP.includes(word))
  ) {
    throw new ContrailError('USAGE', `Choose what to run: ${namesOf(command).join(', ')}.`, {
      hint: helpHint(command),
    });
  }
  return { command, arguments_: line };
}

/** Whether a command does something without one of its subcommands, such as `contrail web`. */
function runsItself(command: Command): boolean {
  return command.parent !== null && command.options.length > 0;
}

function takesWords(command: Command): boolean {
  return command.registeredArguments.length > 0;
}

/** USAGE for an unknown option, with the nearest one, or with the command that takes it. */
export function unknownOption(command: Command, word: string, after: readonly string[] = []): ContrailError {
  const [flag = word] = word.split('=', 1);
  const belongsTo = commandAmong(command, after);
  if (belongsTo !== undefined && isOptionOf(belongsTo, flag)) {
    return new ContrailError('USAGE', `${flag} goes after the command: ${pathOf(belongsTo)} ${flag} …`);
  }
  const nearest = didYouMean(flag, optionNames(belongsTo ?? command));
  return new ContrailError('USAGE', `${pathOf(belongsTo ?? command)} has no option ${quote(flag)}.`, {
    hint: `${nearest}${helpHint(belongsTo ?? command)}`,
  });
}

/** The first long option that neither the command nor its parents take. */
export function firstStranger(command: Command, line: readonly string[]): string | undefined {
  const end = line.indexOf('--');
  const flags = line.slice(0, end < 0 ? undefined : end).filter((word) => word.startsWith('--'));
  const isKnown = (at: Command | null, word: string): boolean =>
    at !== null && (isOptionOf(at, word) || isKnown(at.parent, word));
  return flags.find((word) => !isKnown(command, word));
}

/** `Run `contrail backfill --help` for usage.` */
export function helpHint(command: Command): string {
  return `Run \`${pathOf(command)} --help\` for usage.`;
}

function unknownCommand(parent: Command, word: string): ContrailError {
  return new ContrailError('USAGE', `Unknown command ${quote(shortPathOf(parent) + word)}.`, {
    hint: `${didYouMean(word, namesOf(parent))}${helpHint(parent)}`,
  });
}

/** The command that the first words name. */
function commandAmong(parent: Command, words: readonly string[]): Command | undefined {
  let found: Command | undefined;
  for (const word of words) {
    const next = (found ?? parent).commands.find((candidate) => candidate.name() === word);
    if (next !== undefined) found = next;
  }
  return found;
}

function isOptionOf(command: Command, word: string): boolean {
  const [flag] = word.split('=', 1);
  return HELP.includes(word) || command.options.some(({ long, short }) => flag === long || flag === short);
}

function optionNames(command: Command): string[] {
  return ['--help', ...command.options.flatMap(({ long }) => long ?? [])];
}

function namesOf(command: Command): string[] {
  return command.commands.map((entry) => entry.name());
}

/** `run `; empty for the program itself. */
function shortPathOf(command: Command): string {
  return pathOf(command)
    .replace(/^\w+ ?/, '')
    .replace(/(?<=.)$/, ' ');
}

/** `contrail run statistics` */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
