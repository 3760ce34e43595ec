/** Builds the web application; `server.ts` listens. */
import Fastify, { type FastifyInstance } from 'fastify';
import type { Redis } from 'ioredis';
import type { JobQueue } from '../ports/job-queue.ts';
import type { Log } from '../ports/log.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { BOARD_PREFIX, mountBoard } from './board.ts';
import { guardRequests } from './request-guard.ts';
import { addHealthRoutes } from './routes/health.ts';
import { addHomeRoutes } from './routes/home.ts';
import { addObjectRoutes } from './routes/objects.ts';
import { addSecurityHeaders, OWN_PAGE_HEADERS } from './security-headers.ts';
import { html, page } from './views/html.ts';

export interface AppOptions {
  readonly queue: JobQueue;
  readonly store: ObjectStore;
  /** A connection for Bull Board; the caller closes it after the application. */
  readonly connection: Redis;
  /** Start of every key in Redis. */
  readonly prefix: string;
  /** Resolves when Redis can be used. */
  readonly checkReady: () => Promise<unknown>;
  readonly log: Log;
}

export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: 64 * 1024,
    routerOptions: { maxParamLength: 1_000 },
    // An address that cannot be decoded reaches no hook.
    frameworkErrors: (_error, _request, reply) => {
      const body = page('Something went wrong', html`<p>This request cannot be answered.</p>`);
      reply.raw.writeHead(400, { ...OWN_PAGE_HEADERS, 'content-type': 'text/html; charset=utf-8' }).end(body);
    },
  });
  guardRequests(app);
  addSecurityHeaders(app, BOARD_PREFIX);
  app.setNotFoundHandler(async (_request, reply) =>
    reply
      .code(404)
      .type('text/html; charset=utf-8')
      .send(page('There is no such page', html`<p><a href="/">Contrail</a></p>`)),
  );
  app.setErrorHandler(async (error, request, reply) => {
    const status = statusOf(error);
    if (status >= 500)
      options.log.error({ requestId: request.id, url: request.url, problem: String(error) }, 'a page failed');
    const text =
      status >= 500 ? `This page failed; the log has it as request ${request.id}.` : 'This request cannot be answered.';
    return reply
      .code(status)
      .type('text/html; charset=utf-8')
      .send(page('Something went wrong', html`<p>${text}</p>`));
  });
  addHealthRoutes(app, { check: options.checkReady });
  addHomeRoutes(app, options.queue);
  addObjectRoutes(app, options.store);
  const closeBoard = await mountBoard(app, options);
  app.addHook('onClose', closeBoard);
  return app;
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 ? status : 500;
}
