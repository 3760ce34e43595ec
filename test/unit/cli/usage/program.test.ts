import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../../../src/cli/usage/program.ts';
import { QUEUE_NAMES } from '../../../../src/cli/usage/worker.ts';
import { JOB_KINDS } from '../../../../src/jobs/job-kinds.ts';

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

const COMMANDS = withSubcommands(buildProgram());

describe('the help', () => {
  it.each(COMMANDS.map((command) => [command.name(), command] as const))('of %s has examples', (_name, command) => {
    let text = '';
    command.configureOutput({ writeOut: (part) => (text += part) });

    command.outputHelp();

    expect(text).toMatch(/\nExamples:\n {2}\$ /);
    expect(command.description()).not.toBe('');
  });

  it('names all queues that there are', () => {
    expect(QUEUE_NAMES).toEqual(JOB_KINDS.map(({ queue }) => queue));
  });
});
