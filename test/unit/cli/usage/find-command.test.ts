import { describe, expect, it } from 'vitest';
import { findCommand } from '../../../../src/cli/usage/find-command.ts';
import { buildProgram } from '../../../../src/cli/usage/program.ts';

describe('a command line', () => {
  it.each([
    [[], 'contrail', ['--help']],
    [['help'], 'contrail', ['--help']],
    [['help', 'run', 'statistics'], 'statistics', ['run', 'statistics', '--help']],
    [['run', '--help'], 'run', ['run', '--help']],
    [['status', '--jsno'], 'status', ['status', '--jsno']],
    [['--version'], 'contrail', ['--version']],
  ])('%j means %s', (line, name, read) => {
    const { command, arguments_ } = findCommand(buildProgram(), line);

    expect([command.name(), arguments_]).toEqual([name, read]);
  });

  it.each([
    [['doctr', '--help'], 'There is no command "doctr". Run `contrail --help` for usage.'],
    [['--help', 'nothing'], 'There is no command "nothing". Run `contrail --help` for usage.'],
    [['help', 'stauts'], 'There is no command "stauts". Did you mean status? Run `contrail --help` for usage.'],
    [
      ['run', 'statistcs', '--experiment', 'x'],
      'There is no command "run statistcs". Did you mean statistics? Run `contrail run --help` for usage.',
    ],
    [['run'], /^Say what to run: statistics, metadata, errors, import-experiments, .* Run `contrail run --help`/],
    [['--json', 'status'], '--json goes after the command: contrail status --json …'],
    [
      ['--jsno', 'status'],
      'There is no option "--jsno" of contrail status. Did you mean --json? Run `contrail status --help` for usage.',
    ],
    [['run', '--force', 'statistics'], '--force goes after the command: contrail run statistics --force …'],
    [['--hepl'], 'There is no option "--hepl" of contrail. Did you mean --help? Run `contrail --help` for usage.'],
    [[''], 'There is no command "". Run `contrail --help` for usage.'],
    [['\u001b[31mred'], 'There is no command "\\u001b[31mred". Run `contrail --help` for usage.'],
  ])('%j is wrong usage that names the word and the nearest right one', (line, sentence) => {
    const act = () => findCommand(buildProgram(), line);

    expect(act).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        sentence: typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
      }),
    );
  });
});
