/** Starts and stops the web server. */
import type { FastifyInstance } from 'fastify';
import { ContrailError, errorText } from '../domain/errors.ts';
import { isLoopbackAddress } from './request-guard.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** Refuses an address that other machines can reach, because the pages need no password. Checked before anything starts. */
export function checkListenAddress(host: string): void {
  if (isLoopbackAddress(host)) return;
  throw new ContrailError(
    'CONFIG_INVALID',
    `The pages must not listen on ${JSON.stringify(host)}: they need no password.`,
    {
      hint: 'Use --host 127.0.0.1 (or CONTRAIL_WEB_HOST), and a proxy that authenticates, or a tunnel.',
    },
  );
}

/** Starts listening and returns the address. Throws PORT_UNUSABLE if it cannot. */
export async function listen(app: FastifyInstance, options: ListenOptions): Promise<string> {
  checkListenAddress(options.host);
  return listenAt(app, options, {
    subject: 'The pages',
    hint: 'Use another port with --port or CONTRAIL_WEB_PORT; 0 takes any free one.',
  });
}

/** The same for metrics and health, which have no secrets and may be reached by other machines. */
export function listenForMetrics(app: FastifyInstance, options: ListenOptions): Promise<string> {
  return listenAt(app, options, {
    subject: 'Metrics',
    hint: 'Use another port with --metrics-port or CONTRAIL_METRICS_PORT; each process on a machine needs its own.',
  });
}

async function listenAt(
  app: FastifyInstance,
  { host, port }: ListenOptions,
  { subject, hint }: { readonly subject: string; readonly hint: string },
): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    throw new ContrailError('PORT_UNUSABLE', `${subject} cannot listen on ${host}:${port}: ${errorText(error)}.`, {
      hint,
      cause: error,
    });
  }
}
