import type { Command } from 'commander';
import { examples } from '../help.ts';

const NOTES = `
The demo ignores CONTRAIL_ settings of another installation, exported or in .env.
Other commands use its data from the same folder, while it runs or later: contrail --demo status
`;

export function declareDemo(program: Command): void {
  program
    .command('demo')
    .description('try Contrail without a cloud account: sample experiments, a private Redis, files in ./demo-data')
    .option('--port <n>', 'the port of the pages (default: 8080, or any free one)')
    .option(
      '--redis <url>',
      'use this Redis, under the prefix contrail-demo; other commands join only if it has no password',
    )
    .option('--no-install', 'do not install a missing redis-server; say what to install')
    .option('--exit', 'end when the work is done')
    .addHelpText('after', `${NOTES}${examples('contrail demo', 'contrail demo --exit', 'contrail --demo status')}`)
    .action(async (options) => (await import('../commands/demo.ts')).demo(options));
}
