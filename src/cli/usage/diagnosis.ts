/** Commands that find out what is wrong: with the set-up, with results, and with published files. */
import type { Command } from 'commander';
import { examples } from '../help.ts';

export function declareWhy(program: Command): void {
  program
    .command('why')
    .argument('<slug>', 'the experiment')
    .description('show where results were lost: configured, due, computed, published or shown; and what to do')
    .option('--metric <metric>', 'only this metric')
    .option('--period <period>', 'only this analysis period')
    .option('--json', 'print every expected result with its fate as one JSON document')
    .addHelpText(
      'after',
      examples(
        'contrail why my-experiment',
        'contrail why my-experiment --metric days_of_use --period weekly',
        'contrail why my-experiment --json',
      ),
    )
    .action(async (slug, options) => (await import('../commands/why.ts')).why(slug, options));
}

export function declareDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check the set-up: Redis, warehouse, bucket, sources, workers; and say what to do')
    .option('--json', 'print the checks as one JSON document')
    .addHelpText(
      'after',
      `${examples('contrail doctor', 'contrail doctor --json')}
It changes nothing, is billed for nothing, and takes at most 30 seconds. The exit code is 1 if a check failed.
`,
    )
    .action(async (options) => (await import('../commands/doctor.ts')).doctor(options));
}

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
