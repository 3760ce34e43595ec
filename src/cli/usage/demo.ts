import type { Command } from 'commander';
import { examples } from '../help.ts';

export function declareDemo(program: Command): void {
  program
    .command('demo')
    .description('try it with no cloud account: sample experiments, a private Redis, files in ./demo-data')
    .option('--port <n>', 'the port of the pages (default: 8080, or any free one)')
    .option('--exit', 'end when the work is done')
    .addHelpText('after', examples('contrail demo', 'contrail demo --exit'))
    .action(async (options) => (await import('../commands/demo.ts')).demo(options));
}
