/** Builds the web application; `server.ts` listens. */
import { constants } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import fastifyCompress from '@fastify/compress';
import fastifyEtag from '@fastify/etag';
import type { WallClock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Access } from './access/access.ts';
import { guardAccess } from './access/guard-access.ts';
import { addFormTokens } from './access/form-token.ts';
import { addApi } from './api/api-route.ts';
import { addOpenApi } from './api/openapi.ts';
import { answerBrokenRequest } from './broken-requests.ts';
import { sendFailure, sendNotFound } from './failed-requests.ts';
import { readPageAssets } from './frame/assets.ts';
import { addFrame, barePage, type Frame } from './frame/send-page.ts';
import { guardRequests } from './request-guard.ts';
import { addAssetRoutes } from './routes/assets.ts';
import { addHealthRoutes, type Readiness } from './routes/health.ts';
import { addMetricsRoute, type MetricsText } from './routes/metrics.ts';
import { addObjectRoutes } from './routes/objects.ts';
import { addSecurityHeaders, securityHeaders } from './security-headers.ts';
import { html } from './views/html.ts';

/** Adds the routes of a page and of its part of the API. */
export type AddRoutes = (app: FastifyInstance) => void | Promise<void>;

export interface AppOptions {
  /** The pages; default: none but the plain ones. */
  readonly pages?: readonly AddRoutes[];
  readonly clock: WallClock;
  /** How many alerts are open, as last seen. */
  readonly openAlerts?: () => number | undefined;
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
  const assets = readPageAssets();
  const frame: Frame = { assets, clock: options.clock, openAlerts: options.openAlerts ?? (() => undefined) };
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
      const body = barePage(frame, {
        headline: 'Something went wrong',
        body: html`<p>This request cannot be answered.</p>`,
      });
      reply.raw
        .writeHead(400, { ...securityHeaders(options.door?.hasTls), 'content-type': 'text/html; charset=utf-8' })
        .end(body);
    },
  });
  app.server.maxConnections = MOST_CONNECTIONS;
  await addSecurityHeaders(app, options.door?.hasTls);
  guardRequests(app, options.door?.hosts);
  guardAccess(app, options.door?.access, options.log);
  addFrame(app, frame);
  app.setNotFoundHandler(sendNotFound);
  app.setErrorHandler((error, request, reply) => sendFailure(error, { request, reply, log: options.log }));
  await addAssetRoutes(app, assets);
  addHealthRoutes(app, options.observation, { isTold: options.door === undefined });
  addMetricsRoute(app, options.observation);
  await app.register((scope) => addPages(scope, options));
  const closeBoard = await options.mountBoard(app);
  app.addHook('onClose', closeBoard);
  return app;
}

/** The pages and the API, in a scope of their own: what follows here does not fit Bull Board. */
async function addPages(scope: FastifyInstance, options: AppOptions): Promise<void> {
  await scope.register(fastifyEtag, { weak: true });
  await scope.register(fastifyCompress, { encodings: ['br', 'gzip'], brotliOptions: BROTLI });
  await addFormTokens(scope, options.door?.hasTls ?? false);
  addApi(scope);
  addOpenApi(scope);
  addObjectRoutes(scope, options.store);
  for (const add of options.pages ?? []) await add(scope);
}

/** Pages are made for one reader: the highest levels would take longer than they save. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };
