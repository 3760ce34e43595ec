/** Sends pages, with what the frame shows of the server and the visitor. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { PageAssets } from './assets.ts';
import { type FrameFacts, type Page, pageText } from './page.ts';

declare module 'fastify' {
  interface FastifyInstance {
    frame: Frame;
  }
}

export interface Frame {
  readonly assets: PageAssets;
  readonly clock: WallClock;
  /** How many alerts are open, as last seen; undefined where nobody knows. */
  readonly openAlerts: () => number | undefined;
}

/** Must come before the routes that send pages. */
export function addFrame(app: FastifyInstance, frame: Frame): void {
  app.decorate('frame', frame);
}

/** `return sendPage(reply, { section: '/runs', headline, body });` The status is the reply's. */
export function sendPage(reply: FastifyReply, page: Page): FastifyReply {
  const { frame } = reply.server;
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'private, no-cache');
  const hasPage = (url: string) => url === '/queues' || reply.server.hasRoute({ method: 'GET', url });
  return reply
    .type('text/html; charset=utf-8')
    .send(pageText(page, factsOf(frame, { hasPage, visitor: reply.request.visitor })));
}

/** For replies to requests that reach no hook. */
export function barePage(frame: Frame, page: Page): string {
  return pageText(page, factsOf(frame, { hasPage: () => false }));
}

function factsOf({ assets, clock, openAlerts }: Frame, of: Pick<FrameFacts, 'hasPage' | 'visitor'>): FrameFacts {
  return {
    style: assets.style.path,
    script: assets.script.path,
    version: CONTRAIL_VERSION,
    now: clock.now(),
    openAlerts: openAlerts(),
    ...of,
  };
}
