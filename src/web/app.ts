/** Builds the web application; `server.ts` listens. */
import Fastify, { type FastifyInstance } from 'fastify';
import type { JobQueue } from '../ports/job-queue.ts';
import type { Log } from '../ports/log.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { answerBrokenRequest } from './broken-requests.ts';
import { requestFailure } from './failed-requests.ts';
import { guardRequests } from './request-guard.ts';
import { addAssetRoutes } from './routes/assets.ts';
import { addHealthRoutes, type Readiness } from './routes/health.ts';
import { addHomeRoutes } from './routes/home.ts';
import { addMetricsRoute, type MetricsText } from './routes/metrics.ts';
import { addObjectRoutes } from './routes/objects.ts';
import { addSecurityHeaders, securityHeaders } from './security-headers.ts';
import { html, page } from './views/html.ts';

export interface AppOptions {
  readonly queue: JobQueue;
  readonly store: ObjectStore;
  /** Mounts the board of the queues; gives what closes it. */
  readonly mountBoard: (app: FastifyInstance) => Promise<() => Promise<void>>;
  readonly observation: Readiness & MetricsText;
  readonly log: Log;
  readonly timeLimits?: Partial<TimeLimits>;
}

/** Timeouts for clients and for us: every open connection costs memory. */
export interface TimeLimits {
  /** For the headers of a request. */
  readonly headersMs: number;
  /** For a whole request with its body. */
  readonly requestMs: number;
  /** Without a byte in either direction. */
  readonly silenceMs: number;
  /** Until the reply begins. */
  readonly answerMs: number;
}

const TIME_LIMITS: TimeLimits = { headersMs: 10_000, requestMs: 20_000, silenceMs: 60_000, answerMs: 30_000 };
const MOST_CONNECTIONS = 500;

export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { headersMs, requestMs, silenceMs, answerMs } = { ...TIME_LIMITS, ...options.timeLimits };
  const app = Fastify({
    bodyLimit: 64 * 1024,
    requestTimeout: requestMs,
    connectionTimeout: silenceMs,
    handlerTimeout: answerMs,
    http: { headersTimeout: headersMs, connectionsCheckingInterval: Math.min(headersMs, requestMs) / 2 },
    clientErrorHandler: answerBrokenRequest,
    routerOptions: { maxParamLength: 1_000 },
    // A URL that cannot be decoded reaches no hook.
    frameworkErrors: (_error, _request, reply) => {
      const body = page('Something went wrong', html`<p>This request cannot be answered.</p>`);
      reply.raw.writeHead(400, { ...securityHeaders(), 'content-type': 'text/html; charset=utf-8' }).end(body);
    },
  });
  app.server.maxConnections = MOST_CONNECTIONS;
  await addSecurityHeaders(app);
  guardRequests(app);
  app.setNotFoundHandler(async (_request, reply) =>
    reply
      .code(404)
      .type('text/html; charset=utf-8')
      .send(page('Page not found', html`<p><a href="/">Contrail</a></p>`)),
  );
  app.setErrorHandler(async (error, request, reply) => {
    const { status, text } = requestFailure(error, request, options.log);
    return reply
      .code(status)
      .type('text/html; charset=utf-8')
      .send(page('Something went wrong', html`<p>${text}</p>`));
  });
  await addAssetRoutes(app);
  addHealthRoutes(app, options.observation);
  addMetricsRoute(app, options.observation);
  addHomeRoutes(app, options.queue);
  addObjectRoutes(app, options.store);
  const closeBoard = await options.mountBoard(app);
  app.addHook('onClose', closeBoard);
  return app;
}
