import type { Command } from 'commander';
import { examples } from '../help.ts';

export function declareWeb(program: Command): void {
  program
    .command('web')
    .description('serve the pages: Bull Board at /queues, published files at /objects/, /metrics, /healthz and /readyz')
    .option('--host <address>', 'a loopback address (default: CONTRAIL_WEB_HOST, or 127.0.0.1)')
    .option('--port <n>', 'the port, 0 for any free one (default: CONTRAIL_WEB_PORT, or 8080)')
    .option(
      '--metrics-port <n>',
      'serve /metrics, /healthz and /readyz on a port of their own, too (default: CONTRAIL_METRICS_PORT)',
    )
    .addHelpText('after', examples('contrail web', 'contrail web --port 9000'))
    .action(async (options) => (await import('../commands/web.ts')).web(options));
}
