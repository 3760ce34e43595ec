/** Builds the web application; `server.ts` listens. */
import Fastify, { type FastifyInstance } from 'fastify';
import type { JobQueue } from '../ports/job-queue.ts';
import type { Log } from '../ports/log.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Access } from './access/access.ts';
import { guardAccess } from './access/guard-access.ts';
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
  /** Who may see the pages; absent on a loopback address without passwords. */
  readonly door?: Door;
  readonly timeLimits?: Partial<TimeLimits>;
}

/** For pages that ask who is there. */
export interface Door {
  readonly access: Access;
  /** Names by which people reach the pages, in lower case, without ports. */
  readonly hosts: readonly string[];
  /** People reach them through TLS only. */
  readonly hasTls: boolean;
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
      reply.raw
        .writeHead(400, { ...securityHeaders(options.door?.hasTls), 'content-type': 'text/html; charset=utf-8' })
        .end(body);
    },
  });
  app.server.maxConnections = MOST_CONNECTIONS;
  await addSecurityHeaders(app, options.door?.hasTls);
  guardRequests(app, options.door?.hosts);
  guardAccess(app, options.door?.access, options.log);
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
  addHealthRoutes(app, options.observation, { isTold: options.door === undefined });
  addMetricsRoute(app, options.observation);
  addHomeRoutes(app, options.queue);
  addObjectRoutes(app, options.store);
  const closeBoard = await options.mountBoard(app);
  app.addHook('onClose', closeBoard);
  return app;
}
