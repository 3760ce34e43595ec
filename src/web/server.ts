/** Starts and stops the web server. */
import type { FastifyInstance } from 'fastify';
import { ContrailError, errorText } from '../domain/errors.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** Starts listening and returns the address. Throws PORT_UNUSABLE if it cannot. */
export function listen(app: FastifyInstance, options: ListenOptions): Promise<string> {
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
