/** The small application of the service port: metrics and health, nothing else. */
import Fastify, { type FastifyInstance } from 'fastify';
import type { Log } from '../ports/log.ts';
import { answerBrokenRequest } from './broken-requests.ts';
import { requestFailure } from './failed-requests.ts';
import { guardRequests, isLoopbackAddress } from './request-guard.ts';
import { addHealthRoutes, type Readiness } from './routes/health.ts';
import { addMetricsRoute, type MetricsText } from './routes/metrics.ts';
import { addSecurityHeaders } from './security-headers.ts';

export interface ServiceAppOptions {
  readonly observation: Readiness & MetricsText;
  /** Where it will listen. On a loopback address only requests to one are answered, so no website can read it. */
  readonly host: string;
  readonly log: Log;
}

const LIMIT_MS = 10_000;
const MOST_CONNECTIONS = 50;

export async function buildServiceApp({ observation, host, log }: ServiceAppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: 1024,
    requestTimeout: LIMIT_MS,
    connectionTimeout: 6 * LIMIT_MS,
    handlerTimeout: LIMIT_MS,
    http: { headersTimeout: LIMIT_MS, connectionsCheckingInterval: LIMIT_MS / 2 },
    // Scrapers keep their connections, which must not delay the end of a worker.
    forceCloseConnections: true,
    clientErrorHandler: answerBrokenRequest,
  });
  app.server.maxConnections = MOST_CONNECTIONS;
  await addSecurityHeaders(app);
  if (isLoopbackAddress(host)) guardRequests(app);
  app.setNotFoundHandler(async (_request, reply) => reply.code(404).type('text/plain').send('Not found.\n'));
  app.setErrorHandler(async (error, request, reply) => {
    const { status, text } = requestFailure(error, request, log);
    return reply.code(status).type('text/plain; charset=utf-8').send(`${text}\n`);
  });
  addHealthRoutes(app, observation, { isTold: true });
  addMetricsRoute(app, observation);
  return app;
}
