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
    [['web'], 'web', ['web']],
    [['web', '--host', '0.0.0.0'], 'web', ['web', '--host', '0.0.0.0']],
    [['web', 'user', 'alice'], 'user', ['web', 'user', 'alice']],
    [['help', 'web', 'user'], 'user', ['web', 'user', '--help']],
  ])('%j means %s', (line, name, read) => {
    const { command, arguments_ } = findCommand(buildProgram(), line);

    expect([command.name(), arguments_]).toEqual([name, read]);
  });

  it.each([
    [['doctr', '--help'], 'Unknown command "doctr". Did you mean doctor? Run `contrail --help` for usage.'],
    [['--help', 'nothing'], 'Unknown command "nothing". Run `contrail --help` for usage.'],
    [['help', 'stauts'], 'Unknown command "stauts". Did you mean status? Run `contrail --help` for usage.'],
    [
      ['run', 'statistcs', '--experiment', 'x'],
      'Unknown command "run statistcs". Did you mean statistics? Run `contrail run --help` for usage.',
    ],
    [['web', 'usr', 'alice'], 'Unknown command "web usr". Did you mean user? Run `contrail web --help` for usage.'],
    [['run'], /^Choose what to run: statistics, metadata, errors, import-experiments, .* Run `contrail run --help`/],
    [['--json', 'status'], '--json goes after the command: contrail status --json …'],
    [
      ['--jsno', 'status'],
      'contrail status has no option "--jsno". Did you mean --json? Run `contrail status --help` for usage.',
    ],
    [['run', '--force', 'statistics'], '--force goes after the command: contrail run statistics --force …'],
    [['--hepl'], 'contrail has no option "--hepl". Did you mean --help? Run `contrail --help` for usage.'],
    [[''], 'Unknown command "". Run `contrail --help` for usage.'],
    [['\u001b[31mred'], 'Unknown command "\\u001b[31mred". Run `contrail --help` for usage.'],
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
