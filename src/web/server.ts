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
export async function listen(app: FastifyInstance, { host, port }: ListenOptions): Promise<string> {
  checkListenAddress(host);
  try {
    return await app.listen({ host, port });
  } catch (error) {
    throw new ContrailError('PORT_UNUSABLE', `The pages cannot listen on ${host}:${port}: ${errorText(error)}.`, {
      hint: 'Use another port with --port or CONTRAIL_WEB_PORT; 0 takes any free one.',
      cause: error,
    });
  }
}
