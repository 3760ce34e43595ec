import type { Command } from 'commander';
import { examples } from '../help.ts';

export function declareVerify(program: Command): void {
  program
    .command('verify')
    .description('read published files back and check them: content, order, size, checksum, version and rows')
    .option('--experiment <slug...>', 'only these experiments')
    .option('--deep', 'also make every file anew from its source and compare the bytes; reads all tables')
    .option('--repair', 'enqueue faulty files to be published anew')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      `\nExit status: 0 if nothing is wrong, 1 if a file is faulty or could not be compared.\n${examples(
        'contrail verify',
        'contrail verify --experiment my-experiment --deep',
        'contrail verify --repair',
        'contrail verify --json',
      )}`,
    )
    .action(async (options) => (await import('../commands/verify.ts')).verify(options));
}
