import type { Command } from 'commander';
import { examples } from '../help.ts';

export function declareWeb(program: Command): void {
  const web = program
    .command('web')
    .description('serve the pages: Bull Board at /queues, published files at /objects/, /metrics, /healthz and /readyz')
    .option(
      '--host <address>',
      'the address to listen on; any but a loopback address needs users, tokens or a proxy that names people (default: CONTRAIL_WEB_HOST, or 127.0.0.1)',
    )
    .option('--port <n>', 'the port, 0 for any free one (default: CONTRAIL_WEB_PORT, or 8080)')
    .option(
      '--metrics-port <n>',
      'serve /metrics, /healthz and /readyz on a port of their own, too (default: CONTRAIL_METRICS_PORT)',
    )
    .addHelpText('after', examples('contrail web', 'contrail web --port 9000', 'contrail web --host 0.0.0.0'))
    .action(async (options) => (await import('../commands/web.ts')).web(options));
  web
    .command('user')
    .description('print an entry for CONTRAIL_WEB_USERS, with the hash of a password that is asked for, or piped in')
    .argument('<name>', 'the name to log in with')
    .option('--role <role>', 'reader (looks) or operator (does everything)', 'reader')
    .addHelpText(
      'after',
      examples('contrail web user alice --role operator', 'pass show contrail/bob | contrail web user bob'),
    )
    .action(async (name, options) => (await import('../commands/web-user.ts')).webUser(name, options));
}
